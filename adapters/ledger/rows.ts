import type { FailureKind } from '../../domain/failures.ts'
import type { ParkEnd } from '../../domain/park-record.ts'
import type { KeptFile, RemovalDocument } from '../../domain/removal-document.ts'

/** A removal as the ledger keeps it. */
export interface RemovalRecord {
  id: string
  fingerprint: string
  workflowId: string
  project: string
  user: string | null
  reference: string | null
  /** The file's name, or the URL without its query. */
  source: string
  inputKey: string | null
  inputBytes: number | null
  inputSha256: string | null
  inputDurationSeconds: number | null
  /** Of the picture alone, where sound goes on without it. */
  inputPictureSeconds: number | null
  inputContentType: string | null
  model: string
  outputFormat: string
  background: unknown
  request: unknown
  estimatedMillicredits: number | null
  /** Where the vendor can read the input; unauthenticated by the vendor's contract, so it stays in here. */
  videoUrl: string | null
  orphanDrafts: number
  /** Another request for the same thing may join this one while it is open; null in rows of older versions. */
  joinable: boolean | null
  finalStatus: string | null
  failureKind: string | null
  document: RemovalDocument | null
  createdAt: Date
  closedAt: Date | null
  /** When its files were deleted; the row stays. */
  deletedAt: Date | null
}

/** A removal to be recorded: what is not given is null, or what the ledger begins with. */
export type NewRemovalRecord = NewRow<
  RemovalRecord,
  | 'id'
  | 'fingerprint'
  | 'workflowId'
  | 'project'
  | 'source'
  | 'model'
  | 'outputFormat'
  | 'background'
  | 'request'
  | 'createdAt'
>

/** A purchase as the ledger keeps it, from its draft on. */
export interface VendorJobRecord {
  removalId: string
  purchase: number
  vendorJobId: string
  keyAlias: string
  model: string
  outputFormat: string
  estimatedMillicredits: number | null
  /** The vendor's word, verbatim. */
  finalStatus: string | null
  createdAt: Date
  draftStatus: string | null
  requestIds: string[]
  startIntendedAt: Date | null
  startInDoubtAt: Date | null
  startRepeatedAt: Date | null
  startedAt: Date | null
  /** The moment of the last park whose answer about this start was applied, epoch seconds. */
  startAnswer: number
  /** The price that the estimate was made with. */
  creditsPerMinute: number | null
  priceVersion: string | null
  chargedMillicredits: number | null
  billingStatus: string | null
  error: string | null
  durationSeconds: number | null
  collected: boolean
  /** The output that was refused, where it was: its bytes are kept. */
  refusedOutput: KeptFile | null
  finishedAt: Date | null
}

/** A purchase to be recorded: what is not given is null, or what the ledger begins with. */
export type NewVendorJobRecord = NewRow<
  VendorJobRecord,
  'model' | 'outputFormat' | 'createdAt' | 'removalId' | 'purchase' | 'vendorJobId' | 'keyAlias'
>

/** A park as the ledger keeps it. */
export interface ParkRow {
  project: string
  removalId: string
  purchase: number
  kind: FailureKind
  message: string
  parkedAt: Date
  endedAt: Date | null
  /** What ended it; null while it lasts. */
  endedBy: ParkEnd['by'] | null
  /** Who resumed it, in their own words. */
  resumedBy: string | null
  note: string | null
  /** A person's answer to an unknown outcome. */
  answer: 'started' | 'not-started' | null
  maxCredits: number | null
}

type NewRow<Row, Given extends keyof Row> = Pick<Row, Given> & {
  [Column in Exclude<keyof Row, Given>]?: Row[Column] | undefined
}

/** One intended start: the removal and the number of the purchase within it. */
export interface Purchase {
  removalId: string
  purchase: number
}

/** A purchase, and the vendor job that was drafted for it. */
export interface DraftedPurchase extends Purchase {
  vendorJobId: string
}
