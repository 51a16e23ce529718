import type { Connection } from '../connection.ts'
import { failureFromResponse } from '../errors.ts'
import { reportCall } from './report-call.ts'
import { sendRequest } from './send-request.ts'
import type { CallOptions, VendorCall } from './vendor-call.ts'
import type { VendorResponse } from './vendor-response.ts'

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
  let answer: VendorResponse | null = null
  const report = (error: unknown, vendorJobId: string | null) =>
    reportCall(connection, call, options, {
      at,
      answer,
      vendorJobId,
      error,
      durationMs: Math.round(performance.now() - began),
    })
  let value: Value
  try {
    answer = await sendRequest(connection, call, options)
    value = valueFrom(connection, call, answer)
  } catch (error) {
    await report(error, null)
    throw error
  }
  await report(null, jobIdOf(value))
  return value
}

function valueFrom<Value>({ redact }: Connection, call: VendorCall<Value>, answer: VendorResponse): Value {
  const isSuccess = answer.status >= 200 && answer.status < 300
  if (!isSuccess && call.readsAnyStatus !== true) throw failureFromResponse(call, answer, redact)
  return call.read(answer, redact)
}

function jobIdOf(value: unknown): string | null {
  if (value === null || typeof value !== 'object' || !('id' in value)) return null
  return typeof value.id === 'string' ? value.id : null
}
