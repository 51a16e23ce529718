import type { Redactor } from './redact.ts'

/** What came back: any status, a bounded body. */
export interface VendorResponse {
  status: number
  /** Lower-case names. */
  headers: Record<string, string>
  /** Decoded leniently; of 1 MiB at most. */
  text: string
  /** False where the body was longer than that, or broke off: then only a part of it is in `text`. */
  complete: boolean
  /** Undefined where the body is not JSON, or not whole. */
  json: unknown
}

/** The vendor's id of this call from the answer's headers, for support. */
export function requestIdOf(answer: VendorResponse, redact: Redactor): string | null {
  const id = redact.line(answer.headers['x-request-id'] ?? '', 128)
  return id === '' ? null : id
}

/** The JSON of a text; undefined where there is none. */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
