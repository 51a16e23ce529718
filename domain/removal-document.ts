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
export type RemovalState = (typeof REMOVAL_STATES)[number]

/** Whether nothing more will happen to a removal. */
export function isFinal(state: RemovalState): state is 'succeeded' | 'failed' | 'cancelled' {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

/** The public face of a failure; see `RemovalFailure`. */
export interface FailureDocument {
  kind: FailureKind
  message: string
  /** Fit for an end user. */
  userMessage: string
  requestId: string | null
  vendorJobId: string | null
  attempts: number | null
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
  location: string
  bytes: number
  sha256: string
}

/** What keeps failing and is repeated, before it is a failure of the removal. */
export interface OutageDocument {
  kind: FailureKind
  message: string
  /** Failed attempts in a row. */
  attempts: number
  since: string | null
  /** Null while an attempt is under way. */
  nextTryAt: string | null
}

/** One vendor job of a removal. `state` is the vendor's own word, verbatim. Credits are exact to 1/1000. */
export interface VendorJobDocument {
  id: string
  model: Model
  outputFormat: OutputFormat
  state: string | null
  /** Null while the removal runs: only the ledger knows. */
  keyAlias: string | null
  requestIds: string[]
  credits: { estimated: number | null; charged: number | null }
}

/** Bytes that a transfer has moved, of how many in all; null where the other side does not say. */
export interface TransferDocument {
  bytes: number
  totalBytes: number | null
}

/** Whether the vendor still works, and bills, for a removal that was cancelled. */
export type VendorJobLeft = 'none' | 'draft' | 'running' | 'unknown'

/**
 * What `remove --json`, the gateway and the library answer, and what the ledger keeps for good. Every field is
 * always there; what is not known or not set is null. Source: docs/reference.md.
 */
export interface RemovalDocument {
  id: string
  state: RemovalState
  project: string
  user: string | null
  reference: string | null
  input: {
    /** The file's name, or the URL without its query. */
    source: string
    bytes: number | null
    durationSeconds: number | null
    sha256: string | null
  } | null
  requested: { model: Model; outputFormat: OutputFormat; background: Background } | null
  served: { model: Model; outputFormat: OutputFormat; why: string } | null
  vendorJobs: VendorJobDocument[] | null
  output: {
    location: string
    bytes: number
    sha256: string
    durationSeconds: number | null
    hasAlpha: boolean
    /** Empty where there is no doubt about it. */
    warnings: OutputWarning[]
  } | null
  /** The last output that was refused; its bytes are kept. */
  refusedOutput: KeptFile | null
  credits: { estimated: number | null; charged: number | null; unit: 'credit' }
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
  createdAt: string | null
  finishedAt: string | null
  /** Since when the files of the removal are gone: output, refused outputs, input and exchanges. Null while they are kept. */
  deletedAt: string | null
  temporal: { workflowId: string; runId: string; namespace: string } | null
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
