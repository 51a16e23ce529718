import { createHash } from 'node:crypto'
import { GatewayRefusal } from '../http/problem.ts'

/** The key of an `Idempotency-Key` header, bare or quoted as the IETF draft writes it. */
export function idempotencyKeyFrom(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = /^"(.*)"$/.exec(header.trim())?.[1] ?? header.trim()
  if (key.length >= 1 && key.length <= 255 && /^[\x21-\x7e ]+$/.test(key)) return key
  throw new GatewayRefusal('bad-request', 'Idempotency-Key: expected 1 to 255 printable characters.')
}

/** The removal's id that a project's key stands for: kept as long as the removal itself. */
export function idOfKey(key: string, project: string): string {
  return `rm_${createHash('sha256').update(`${project}\n${key}`).digest('hex').slice(0, 32)}`
}
