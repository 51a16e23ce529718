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

/** An operation of the vendor. */
export type Route = (typeof ROUTES)[number]

/** `before`: nothing was done for the request. `after`: it was done in full, and then the reply went wrong. */
export type Moment = 'before' | 'after'

/** One way in which an answer goes wrong. */
export type FaultAction =
  | {
      /** What goes wrong. */
      type: 'reset'
      /** Whether what was asked is done first. */
      when: Moment
    }
  | {
      /** What goes wrong. */
      type: 'hang'
      /** Whether what was asked is done first. */
      when: Moment
    }
  | {
      /** What goes wrong. */
      type: 'delay'
      /** So much later. */
      ms: number
      /** Whether what was asked is done first. */
      when: Moment
    }
  | {
      /** What goes wrong. */
      type: 'answer'
      /** Of the answer. */
      status: number
      /** A string is sent as it is, anything else as JSON. Without one, an error in the vendor's envelope. */
      body?: unknown
      /** Of the answer. */
      contentType?: string
      /** Of the answer. */
      headers?: Record<string, string>
      /** `later` answers at once and does what was asked only `executeAfterMs` later (not for uploads). */
      when: Moment | 'later'
      /** How much later it is done. */
      executeAfterMs?: number
    }
  /** The genuine JSON answer with some fields replaced or left out. */
  | {
      /** What goes wrong. */
      type: 'change'
      /** Fields with other values. */
      set?: Record<string, unknown>
      /** Fields that are left out. */
      omit?: string[]
    }
  /** The genuine answer under its 2xx, its JSON broken off half-way. */
  | {
      /** What goes wrong. */
      type: 'break-json'
    }
  /** What becomes of the job that this create or start is about. */
  | {
      /** What goes wrong. */
      type: 'job'
      /** How the job ends. */
      fate: 'fails'
      /** What its status says of it. */
      error: string | Record<string, unknown>
    }
  | {
      /** What goes wrong. */
      type: 'job'
      /** How the job ends. */
      fate: 'never-ends'
    }
  /** Job and download answers name an output URL of this origin (`http://host:port`). */
  | {
      /** What goes wrong. */
      type: 'foreign-output'
      /** `http://host:port`. */
      origin: string
    }
  /** The connection ends after this share of the announced bytes. */
  | {
      /** What goes wrong. */
      type: 'cut-output'
      /** From 0 to 1. */
      share: number
    }
  /** A complete reply with only this share of the file. */
  | {
      /** What goes wrong. */
      type: 'short-output'
      /** From 0 to 1. */
      share: number
    }
  /** The genuine file under a `Content-Encoding` that encodes nothing. */
  | {
      /** What goes wrong. */
      type: 'label-output'
      /** The name of the coding. */
      coding: string
    }
  /** A complete file that is not what was bought, or that is and looks odd. */
  | {
      /** What goes wrong. */
      type: 'other-output'
      /** Which. */
      flaw: OutputFlaw | OutputOddity
    }
  /** A webhook that goes astray; one that comes late is a `delay`. */
  | {
      /** What goes wrong. */
      type: 'webhook'
      /** Which. */
      flaw: WebhookFlaw
    }

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
/** A way in which a webhook goes astray. */
export type WebhookFlaw = (typeof WEBHOOK_FLAWS)[number]

/** What is wrong with an output. */
export const OUTPUT_FLAWS = [
  'wrong-container',
  'no-alpha',
  'opaque-matte',
  'empty-matte',
  'wrong-length',
] as const
/** What is wrong with an output. */
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
/** What is odd about an output that is right. */
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
  /** Requests of this operation. */
  route: Route
  /**
   * Which of the matching requests, counted from 1 since the fault was added. Without `to` it lasts for ever.
   * Default 1: it strikes once.
   */
  occurrence?:
    | number
    | {
        /** The first that it meets, from 1. */
        from: number
        /** The last that it meets. */
        to?: number
      }
  /** Counts for each job on its own. */
  perJob?: boolean
  /** Only requests about the n-th job that this sandbox was asked to create, from 1. */
  jobIndex?: number
  /** Only the upload of a file of this name, and every request about the jobs made from it. */
  input?: string
  /** What happens to them. */
  action: FaultAction
}
