import { contractViolation, failureFromResponse, saysInsufficientCredits } from '../errors.ts'
import type { CallSubject } from '../operation.ts'
import type { Redactor } from './redact.ts'
import type { VendorResponse } from './vendor-response.ts'

/** A schema seen from outside: zod stays in the schema files. */
export interface ResponseSchema<Value> {
  safeParse(
    json: unknown,
  ):
    | { success: true; data: Value }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } }
}

/**
 * The value that an answer of 2xx holds. One that is not the contract's is a `ContractViolation` whose effect is in doubt:
 * the vendor may well have done what was asked (docs/vendors/removebgvideo.md §19.13).
 */
export function parseResponse<Value>(
  call: CallSubject,
  answer: VendorResponse,
  schema: ResponseSchema<Value>,
  redact: Redactor,
): Value {
  const parsed = answer.json === undefined || !answer.complete ? null : schema.safeParse(answer.json)
  if (parsed?.success) return parsed.data
  if (saysInsufficientCredits(answer.json)) throw failureFromResponse(call, answer, redact)
  throw contractViolation(
    call,
    answer,
    parsed === null ? whatItIs(answer) : complaintOf(parsed.error.issues),
    redact,
  )
}

function whatItIs({ text, complete }: VendorResponse): string {
  if (!complete) return 'its body is longer than 1 MiB'
  return text.trim() === '' ? 'its body is empty' : 'its body is not JSON'
}

function complaintOf(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  const [first] = issues
  if (first === undefined) return 'its body has another shape'
  return first.path.length === 0 ? first.message : `${first.path.map(String).join('.')}: ${first.message}`
}
