import type { FailureKind } from './failures.ts'
import type { Background, Model, OutputFormat } from './request-values.ts'

/** Where a removal stands. `succeeded`, `failed` and `cancelled` are final. Source: docs/reference.md. */
export const REMOVAL_STATES = [
  'accepted',
  'uploading',
  'drafting',
  'starting',
  'processing',
  'retrieving',
  'parked',
  'succeeded',
  'failed',
  'cancelled',
] as const
/** One of the states of `REMOVAL_STATES`. */
export type RemovalState = (typeof REMOVAL_STATES)[number]

/** Whether nothing more will happen to a removal. */
export function isFinal(state: RemovalState): state is 'succeeded' | 'failed' | 'cancelled' {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

/** The public face of a failure; see `RemovalFailure`. */
export interface FailureDocument {
  /** A row of the table of failures. */
  kind: FailureKind
  /** What failed and on what, for an operator. */
  message: string
  /** Fit for an end user. */
  userMessage: string
  /** The vendor's id of the call that failed, for its support; null where there is none. */
  requestId: string | null
  /** The vendor job that it is about; null where there is none. */
  vendorJobId: string | null
  /** How often it was tried; null where nobody counted. */
  attempts: number | null
  /** Whether the same request may succeed when it is sent again. */
  retryable: boolean
  /** What an operator can do. */
  hint: string
  /**
   * Of an output that was refused: whether it is proven not to be what was bought, so that a fallback may buy again.
   * Null for every other failure.
   */
  proven: boolean | null
}

/** One doubt about an output: it is no failure, and never a reason to buy again. */
export interface OutputWarning {
  /** Which doubt. */
  code: /** Few frames have both transparent and opaque parts. */
    | 'alpha-in-few-frames'
    /** No frame has both, and the picture is neither opaque nor empty. */
    | 'alpha-partial'
    /** The header does not announce the alpha that the blocks carry. */
    | 'alpha-undeclared'
    /** The length is not the input's. */
    | 'length-differs'
    /** The file calls itself another container than it is. */
    | 'container-brand'
  /** A sentence without its capital and full stop. */
  message: string
}

/** A file in our storage. */
export interface KeptFile {
  /** Its absolute `file:///…` or `s3://…`. */
  location: string
  /** Its size. */
  bytes: number
  /** Its SHA-256, hexadecimal. */
  sha256: string
}

/** What keeps failing and is repeated, before it is a failure of the removal. */
export interface OutageDocument {
  /** What fails. */
  kind: FailureKind
  /** What failed last, and on what. */
  message: string
  /** Failed attempts in a row. */
  attempts: number
  /** Since when, ISO time; null where nobody knows. */
  since: string | null
  /** Null while an attempt is under way. */
  nextTryAt: string | null
}

/** One vendor job of a removal. `state` is the vendor's own word, verbatim. Credits are exact to 1/1000. */
export interface VendorJobDocument {
  /** The vendor's id. */
  id: string
  /** The model that it was made for. */
  model: Model
  /** The format that it was made for. */
  outputFormat: OutputFormat
  /** The vendor's own word; null before it was asked. */
  state: string | null
  /** Null while the removal runs and no ledger answers: only that knows. */
  keyAlias: string | null
  /** The vendor's ids of the calls about it, for its support. */
  requestIds: string[]
  /** What it was expected to cost, and what the vendor took. */
  credits: {
    /** Credits that were held for it. */
    estimated: number | null
    /** Credits that the vendor took; null while nobody knows. */
    charged: number | null
  }
}

/** Bytes that a transfer has moved, of how many in all; null where the other side does not say. */
export interface TransferDocument {
  /** Moved so far. */
  bytes: number
  /** In all. */
  totalBytes: number | null
}

/** Whether the vendor still works, and bills, for a removal that was cancelled. */
export type VendorJobLeft = 'none' | 'draft' | 'running' | 'unknown'

/**
 * What `remove --json`, the gateway and the library answer, and what the ledger keeps for good. Every field is
 * always there; what is not known or not set is null. Source: docs/reference.md.
 */
export interface RemovalDocument {
  /** The removal's own id. */
  id: string
  /** Where it stands. */
  state: RemovalState
  /** Whose budget and list it belongs to. */
  project: string
  /** The caller's own id of a user. */
  user: string | null
  /** The caller's own id of what it is for. */
  reference: string | null
  /** The video as it was given. */
  input: {
    /** The file's name, or the URL without its query. */
    source: string
    /** Its size. */
    bytes: number | null
    /** Its length, as a player shows it. */
    durationSeconds: number | null
    /** Its SHA-256, hexadecimal. */
    sha256: string | null
  } | null
  /** What was asked for. */
  requested: {
    /** The model. */
    model: Model
    /** The format. */
    outputFormat: OutputFormat
    /** What stands behind the foreground. */
    background: Background
  } | null
  /** What was delivered, which a fallback may have changed; null before it was. */
  served: {
    /** The model. */
    model: Model
    /** The format. */
    outputFormat: OutputFormat
    /** `requested`, or what the fallback was for. */
    why: string
  } | null
  /** Every purchase, the first one first. */
  vendorJobs: VendorJobDocument[] | null
  /** The file that was delivered; null before it was. */
  output: {
    /** Its absolute `file:///…` or `s3://…`. */
    location: string
    /** Its size. */
    bytes: number
    /** Its SHA-256, hexadecimal. */
    sha256: string
    /** Its length, as a player shows it. */
    durationSeconds: number | null
    /** Whether its pictures have real alpha. */
    hasAlpha: boolean
    /** Empty where there is no doubt about it. */
    warnings: OutputWarning[]
  } | null
  /** The last output that was refused; its bytes are kept. */
  refusedOutput: KeptFile | null
  /** Over all purchases, exact to a thousandth. */
  credits: {
    /** Credits that were held for every purchase that was started, or may have been; before the first, for that. */
    estimated: number | null
    /** Credits that the vendor took; null while nobody knows. */
    charged: number | null
    /** Always the credit of the vendor. */
    unit: 'credit'
  }
  /** Why it failed, was cancelled or is parked; else null. */
  failure: FailureDocument | null
  /** While something fails and is repeated; `failure` stays null then. */
  outage: OutageDocument | null
  /** Only while it is parked: since when. */
  parkedSince: string | null
  /** 0 to 100, the vendor's own figure, display only. */
  progress: number | null
  /** How far the upload to the vendor or the download of the output is, while one runs; display only. */
  transfer: TransferDocument | null
  /** Only for a cancelled removal; else null. */
  vendorJob: VendorJobLeft | null
  /** When it was asked for, ISO time. */
  createdAt: string | null
  /** When it ended, ISO time; null before. */
  finishedAt: string | null
  /** Since when the files of the removal are gone: output, refused outputs, input and exchanges. Null while they are kept. */
  deletedAt: string | null
  /** Its workflow; null where Temporal has forgotten it. */
  temporal: {
    /** `removal/` and the id. */
    workflowId: string
    /** Its last run. */
    runId: string
    /** Where the workflow is. */
    namespace: string
  } | null
}

/** The document of a removal of which nothing but its end is known: refused before it was recorded, for instance. */
export function blankDocument(
  known: { id: string; failure: FailureDocument | null } & Partial<RemovalDocument>,
): RemovalDocument {
  return {
    state: 'failed',
    project: 'default',
    user: null,
    reference: null,
    input: null,
    requested: null,
    served: null,
    vendorJobs: null,
    output: null,
    refusedOutput: null,
    credits: { estimated: null, charged: null, unit: 'credit' },
    outage: null,
    parkedSince: null,
    progress: null,
    transfer: null,
    vendorJob: null,
    createdAt: null,
    finishedAt: null,
    deletedAt: null,
    temporal: null,
    ...known,
  }
}

/** What a request that joined another removal ends with: the other one, of which nothing but its id is known here. */
export function joinedDocument(id: string): RemovalDocument {
  return blankDocument({ id, state: 'accepted', failure: null })
}

/** The format of a removal's output. */
export function servedFormat({ served }: RemovalDocument): OutputFormat {
  return served?.outputFormat ?? 'webm'
}
