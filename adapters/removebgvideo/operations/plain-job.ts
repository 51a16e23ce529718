import type { Redactor } from '../redact.ts'
import type { VendorJob } from '../vendor-job.schema.ts'

/** A parsed job whose texts are fit for logs, histories and books. */
export function plainJob(
  job: Omit<VendorJob, 'requestId'>,
  requestId: string | null,
  redact: Redactor,
): VendorJob {
  const line = (text: string | null, maxLength: number) =>
    text === null ? null : redact.line(text, maxLength)
  return {
    ...job,
    requestId,
    error: line(job.error, 300),
    errorCode: line(job.errorCode, 64),
    billingStatus: line(job.billingStatus, 200),
    createdAt: line(job.createdAt, 64),
  }
}
