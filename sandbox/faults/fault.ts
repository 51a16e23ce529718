/**
 * The operations that faults and the request log speak of. `draft` and `status` are the same GET: `draft` while no start
 * was asked of the job, `status` from the first request for one on, whatever became of that. `webhook` is the other way
 * round: each event that the sandbox tells the `webhook_url` of a job, its repeats included in it.
 */
export const ROUTES = [
  'upload',
  'create',
  'draft',
  'start',
  'status',
  'list',
  'download',
  'output',
  'source',
  'pricing',
  'usage',
  'health',
  'webhook',
] as const

export type Route = (typeof ROUTES)[number]

/** `before`: nothing was done for the request. `after`: it was done in full, and then the reply went wrong. */
export type Moment = 'before' | 'after'

/** One way in which an answer goes wrong. */
export type FaultAction =
  | { type: 'reset'; when: Moment }
  | { type: 'hang'; when: Moment }
  | { type: 'delay'; ms: number; when: Moment }
  | {
      type: 'answer'
      status: number
      /** A string is sent as it is, anything else as JSON. Without one, an error in the vendor's envelope. */
      body?: unknown
      contentType?: string
      headers?: Record<string, string>
      /** `later` answers at once and does what was asked only `executeAfterMs` later (not for uploads). */
      when: Moment | 'later'
      executeAfterMs?: number
    }
  /** The genuine JSON answer with some fields replaced or left out. */
  | { type: 'change'; set?: Record<string, unknown>; omit?: string[] }
  /** The genuine answer under its 2xx, its JSON broken off half-way. */
  | { type: 'break-json' }
  /** What becomes of the job that this create or start is about. */
  | { type: 'job'; fate: 'fails'; error: string | Record<string, unknown> }
  | { type: 'job'; fate: 'never-ends' }
  /** Job and download answers name an output URL of this origin (`http://host:port`). */
  | { type: 'foreign-output'; origin: string }
  /** The connection ends after this share of the announced bytes. */
  | { type: 'cut-output'; share: number }
  /** A complete reply with only this share of the file. */
  | { type: 'short-output'; share: number }
  /** The genuine file under a `Content-Encoding` that encodes nothing. */
  | { type: 'label-output'; coding: string }
  /** A complete file that is not what was bought, or that is and looks odd. */
  | { type: 'other-output'; flaw: OutputFlaw | OutputOddity }
  /** A webhook that goes astray; one that comes late is a `delay`. */
  | { type: 'webhook'; flaw: WebhookFlaw }

/**
 * How a webhook goes astray: never sent; sent twice; overtaken by the next event of its job; told as `job.completed`
 * before that is so; signed with another secret; not signed; with an old timestamp; with a body that is no JSON, or of
 * 2 MiB.
 */
export const WEBHOOK_FLAWS = [
  'lost',
  'doubled',
  'overtaken',
  'early',
  'forged',
  'unsigned',
  'stale',
  'malformed',
  'oversized',
] as const
export type WebhookFlaw = (typeof WEBHOOK_FLAWS)[number]

/** What is wrong with an output. */
export const OUTPUT_FLAWS = [
  'wrong-container',
  'no-alpha',
  'opaque-matte',
  'empty-matte',
  'wrong-length',
] as const
export type OutputFlaw = (typeof OUTPUT_FLAWS)[number]

/**
 * What is odd about an output that is right all the same: a subject that light shines through, one that leaves after two
 * frames, a webm that does not announce its alpha, a mov or mp4 under the other's brand, a zip whose names are
 * absolute.
 */
export const OUTPUT_ODDITIES = [
  'semi-transparent',
  'figure-leaves',
  'undeclared-alpha',
  'other-brand',
  'absolute-names',
] as const
export type OutputOddity = (typeof OUTPUT_ODDITIES)[number]

/** Whether what was bought is in an output, however odd. */
export function isOddity(flaw: OutputFlaw | OutputOddity): flaw is OutputOddity {
  return OUTPUT_ODDITIES.some((oddity) => oddity === flaw)
}

/**
 * A scripted fault: which requests it meets, and what happens to them. Each counts for itself; of several that strike
 * the same request the one added first wins.
 */
export type Fault = {
  route: Route
  /**
   * Which of the matching requests, counted from 1 since the fault was added. Without `to` it lasts for ever.
   * Default 1: it strikes once.
   */
  occurrence?: number | { from: number; to?: number }
  /** Counts for each job on its own. */
  perJob?: boolean
  /** Only requests about the n-th job that this sandbox was asked to create, from 1. */
  jobIndex?: number
  /** Only the upload of a file of this name, and every request about the jobs made from it. */
  input?: string
  action: FaultAction
}
