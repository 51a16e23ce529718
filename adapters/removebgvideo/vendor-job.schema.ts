import { z } from 'zod'
import {
  amountOrNull,
  hasJobId,
  httpUrlOrNull,
  percentOrNull,
  textOrNull,
} from './responses/tolerant.schema.ts'
import { vendorErrorFrom } from './responses/vendor-error.schema.ts'

/** What a status means to us; `created` and `pending` both say "not running yet" (docs/vendors/removebgvideo.md §19.3). */
export type VendorJobState = 'created' | 'pending' | 'processing' | 'completed' | 'failed' | 'unknown'

/** A vendor job as one GET shows it. Whatever the vendor left out or garbled is null. */
export interface VendorJob {
  /** The vendor's id. */
  id: string
  /** The vendor's word, verbatim. */
  status: string
  /** `unknown` for every word that the contract does not know: not terminal (§19.4). */
  state: VendorJobState
  /** 0 to 100; may step back (§19.30). */
  progress: number | null
  /** Time-bound http(s) URL: never to be stored or logged. */
  outputUrl: string | null
  /** Why the job failed, one line of at most 300 characters. */
  error: string | null
  /** The vendor's code where `error` was an object. */
  errorCode: string | null
  /** Duration of the output. */
  durationSeconds: number | null
  /** The credit charge status, verbatim; values undocumented. */
  billingStatus: string | null
  /** The vendor's text for a UTC time; format undocumented. */
  createdAt: string | null
  /** The vendor's id of the call, for its support; null where it gave none. */
  requestId: string | null
}

const STATES: readonly string[] = ['created', 'pending', 'processing', 'completed', 'failed']

function stateOf(status: string): VendorJobState {
  const word = status.trim().toLowerCase()
  return STATES.includes(word) ? (word as VendorJobState) : 'unknown'
}

const fields = z.object({
  status: z
    .string()
    .min(1)
    .transform((status) => status.slice(0, 100)),
  progress: percentOrNull,
  output_url: httpUrlOrNull,
  error: z.unknown().optional(),
  duration_seconds: amountOrNull,
  billing_status: textOrNull,
  created_at: textOrNull,
})

function jobFrom(id: string, job: z.output<typeof fields>): Omit<VendorJob, 'requestId'> {
  const { message, code } = vendorErrorFrom({ error: job.error })
  return {
    id,
    status: job.status,
    state: stateOf(job.status),
    progress: job.progress,
    outputUrl: job.output_url,
    error: message ?? code,
    errorCode: code,
    durationSeconds: job.duration_seconds,
    billingStatus: job.billing_status,
    createdAt: job.created_at,
  }
}

/**
 * A job read by its id. `success: false` is no refusal here: it may well be said of a job that failed.
 * Source: docs/vendors/removebgvideo.md §10.
 */
export const vendorJobSchema = z.looseObject({}).transform((response, context) => {
  const id = hasJobId.safeParse(response)
  const job = fields.safeParse(response)
  if (id.success && job.success) return jobFrom(id.data, job.data)
  for (const { path, message } of [...(id.error?.issues ?? []), ...(job.error?.issues ?? [])]) {
    context.addIssue({ code: 'custom', path, message })
  }
  return z.NEVER
})

const row = z.looseObject({}).transform((response) => {
  const id = hasJobId.safeParse(response)
  // Which fields a row has is undocumented, the status included (§12).
  const job = fields.safeParse({ ...response, status: response['status'] ?? 'not given' })
  return id.success && job.success ? jobFrom(id.data, job.data) : null
})

/** Rows that are no jobs are left out: the list serves reconciliation, where each row is confirmed by a GET (§19.21). */
export const jobRows = z.array(row.catch(null)).transform((rows) => rows.filter((job) => job !== null))
