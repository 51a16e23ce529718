import type { Connection } from '../connection.ts'
import { contractViolation, failureFromResponse, saysInsufficientCredits } from '../errors.ts'
import type { Redactor } from './redact.ts'
import { reportCall } from './report-call.ts'
import { sendRequest } from './send-request.ts'
import type { CallOptions, CallSubject, VendorCall, VendorResponse } from './vendor-call.ts'

/**
 * Makes one call: exactly one HTTP attempt, ending in a value, a `RemovalFailure`, the reason of the caller's signal,
 * or the error of the uploaded file's source. Reported either way.
 */
export async function performCall<Value>(
  connection: Connection,
  call: VendorCall<Value>,
  options: CallOptions = {},
): Promise<Value> {
  options.signal?.throwIfAborted()
  const at = new Date()
  const began = performance.now()
  let response: VendorResponse | null = null
  const report = (error: unknown, vendorJobId: string | null) =>
    reportCall(connection, call, options, {
      at,
      response,
      vendorJobId,
      error,
      durationMs: Math.round(performance.now() - began),
    })
  let value: Value
  try {
    response = await sendRequest(connection, call, options)
    value = valueFrom(connection, call, response)
  } catch (error) {
    await report(error, null)
    throw error
  }
  await report(null, jobIdOf(value))
  return value
}

function valueFrom<Value>({ redact }: Connection, call: VendorCall<Value>, response: VendorResponse): Value {
  const isSuccess = response.status >= 200 && response.status < 300
  if (!isSuccess && call.readsAnyStatus !== true) throw failureFromResponse(call, response, redact)
  return call.read(response, redact)
}

function jobIdOf(value: unknown): string | null {
  if (value === null || typeof value !== 'object' || !('id' in value)) return null
  return typeof value.id === 'string' ? value.id : null
}

/** A schema seen from outside: zod stays in the schema files. */
interface ResponseSchema<Value> {
  safeParse(
    json: unknown,
  ):
    | { success: true; data: Value }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } }
}

/**
 * The value that a response of 2xx holds. One that is not the contract's is a `ContractViolation` whose effect is in doubt:
 * the vendor may well have done what was asked (docs/vendors/removebgvideo.md §19.13).
 */
export function parseResponse<Value>(
  call: CallSubject,
  response: VendorResponse,
  schema: ResponseSchema<Value>,
  redact: Redactor,
): Value {
  const parsed = response.json === undefined || !response.complete ? null : schema.safeParse(response.json)
  if (parsed?.success) return parsed.data
  if (saysInsufficientCredits(response.json)) throw failureFromResponse(call, response, redact)
  throw contractViolation(
    call,
    response,
    parsed === null ? whatItIs(response) : complaintOf(parsed.error.issues),
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
