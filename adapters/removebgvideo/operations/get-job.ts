import type { Answer } from '../answer.ts'
import { requestIdOf } from '../answer.ts'
import { contractViolation, parseAnswer } from '../parse-answer.ts'
import type { Redactor } from '../redact.ts'
import type { VendorCall } from '../vendor-call.ts'
import { pathSegment } from '../vendor-call.ts'
import type { VendorJob } from '../vendor-job.schema.ts'
import { vendorJobSchema } from '../vendor-job.schema.ts'
import { plainJob } from './plain-job.ts'

/** GET /v1/jobs/{id}. */
export function getJobCall(id: string): VendorCall<VendorJob> {
  const subject = { operation: 'getJob', vendorJobId: id } as const
  function read(answer: Answer, redact: Redactor): VendorJob {
    const job = parseAnswer(subject, answer, vendorJobSchema, redact)
    if (job.id !== id) throw contractViolation(subject, answer, 'it is about another job', redact)
    return plainJob(job, requestIdOf(answer, redact), redact)
  }
  return { ...subject, method: 'GET', path: `/v1/jobs/${pathSegment(id)}`, sendsKey: true, body: null, read }
}
