/** What the contract leaves open. Each default is the reading that costs a careless client most. */
export type SandboxModes = {
  /** A start of a job that was started before: bills again, is refused with 409, or answers 2xx without a bill. */
  repeatedStart: 'bills' | 'conflict' | 'ignored'
  /** The status that a job not yet started shows. */
  draftShownAs: 'created' | 'pending'
  /** The status in the reply to a create of a draft; null leaves the field out; undefined follows `draftShownAs`. */
  createReplyStatus: string | null | undefined
  /** For so long after an accepted start the job still looks like a draft. */
  startVisibleAfterMs: number
  /** How much later a start is executed whose fault says `when: 'later'` and names no delay of its own. */
  startExecutedAfterMs: number
  /** Whether a job that failed stays charged. */
  billFailed: boolean
  /** The background of a create that names none: the pages say transparent, both vendor SDKs send green. */
  defaultBackground: 'transparent' | 'green'
  /** The status of the answer where credits are lacking. */
  insufficientCreditsStatus: number
  /** The call at which a balance that is too low is noticed. */
  insufficientCreditsAt: 'start' | 'create'
  /** What a list of jobs is wrapped in. */
  listEnvelope: 'array' | 'items' | 'jobs' | 'data'
  /** What the id of a job is called. */
  idField: 'id' | 'job_id'
  /** What the body of an error looks like. */
  errorShape: 'envelope' | 'string' | 'message' | 'detail' | 'html'
  /** Whether a finished job tells `duration_seconds`. */
  durationReported: boolean
  /** A started job is completed as soon as its output exists, whatever the model's usual pace. */
  instant: boolean
}

/** How a draft and its start show: these can be another reading for each input. */
export type StartModes = Pick<
  SandboxModes,
  'repeatedStart' | 'draftShownAs' | 'createReplyStatus' | 'startVisibleAfterMs'
>

/** The readings that cost a careless client most: the defaults. */
export const STRICTEST_MODES: SandboxModes = {
  repeatedStart: 'bills',
  draftShownAs: 'created',
  createReplyStatus: undefined,
  startVisibleAfterMs: 0,
  startExecutedAfterMs: 3_000,
  billFailed: true,
  defaultBackground: 'green',
  insufficientCreditsStatus: 402,
  insufficientCreditsAt: 'start',
  listEnvelope: 'array',
  idField: 'id',
  errorShape: 'envelope',
  durationReported: true,
  instant: false,
}
