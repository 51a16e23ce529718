import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import type { FailureDocument, RemovalState } from '../domain/removal-document.ts'
import type { Model, OutputFormat } from '../domain/request-values.ts'
import { DELIVER_WEBHOOK } from '../domain/webhooks/delivery-workflow.ts'

/**
 * What others say to a removal's workflow, and what it shows of itself. All of these names are stored in
 * histories and visibility: renaming one is a migration. Source: docs/reference.md.
 */
export const REMOVE_BACKGROUND = 'removeBackground'

/** Workflow type that compares our ledger with the vendor's records; its ids begin with `reconcile/`. */
export const RECONCILE_BOOKS = 'reconcileBooks'

/** Workflow type that deletes the files of one removal, and the id of that workflow. */
export const DELETE_REMOVAL = 'deleteRemoval'
export function deletionIdOf(removalId: string): string {
  return `deletion/${removalId}`
}

/** Workflow type that deletes the files of removals that are older than files are kept; its ids begin with `expiry`. */
export const DELETE_EXPIRED = 'deleteExpired'

/** Workflow type that tells of parked removals, and the id of the one run of a namespace. */
export const NOTIFY_PARKED = 'notifyParked'
export const NOTIFICATIONS_WORKFLOW_ID = 'notifications/parked'

/** Workflow type that tells whether a worker could take removals; the ids that we give it begin with `ready/`. */
export const MATTEFLOW_READY = 'matteflowReady'

/** Every workflow type of matteflow: a history of another one is not ours to judge. */
export const MATTEFLOW_WORKFLOWS: readonly string[] = [
  REMOVE_BACKGROUND,
  RECONCILE_BOOKS,
  DELETE_REMOVAL,
  DELETE_EXPIRED,
  NOTIFY_PARKED,
  DELIVER_WEBHOOK,
  MATTEFLOW_READY,
]

/** Signal: the vendor called back. A callback always leads to one GET, whatever it says. */
export const VENDOR_CALLBACK = 'vendorHint'
/** What the vendor called back about. */
export interface VendorCallback {
  /** Its job. */
  vendorJobId: string
  /** The vendor's word for what happened. */
  event: string
}

/** Signal: who cancels, and why; sent before Temporal's own cancel request, which carries no words. */
export const CANCEL_NOTE = 'cancelNote'
/** Who cancels a removal, and why. */
export interface CancelNote {
  /** Who, in their own words. */
  by?: string
  /** Why, in their own words. */
  note?: string
}

/** Query: where a removal stands, by its own word. */
export const STATE = 'state'

/** Signal: go on in a new run as soon as the removal only waits, so that nothing of it is left for an older build. */
export const RENEW = 'renew'

/** Update: a person lets a parked removal go on; refused unless it is parked. */
export const RESUME = 'resume'
/** How a parked removal is let go on. */
export interface ResumeRequest {
  /** The answer to an `UnknownOutcome`; required there, refused elsewhere. */
  as?: 'started' | 'not-started'
  /** Raises the request's limit over all purchases of the removal to so many credits. */
  maxCredits?: number
  /** Who resumes, and why, in their own words: kept in history and ledger. */
  by?: string
  /** Why, in their own words. */
  note?: string
}
/** What a resume did. */
export interface ResumeResult {
  /** What the removal was parked for. */
  parkedFor: string
  /** Where the removal stands then. */
  state: RemovalState
}

/** Memo key of the final document of a cancelled removal: the cancel command carries no details. */
export const FINAL_DOCUMENT_MEMO = 'removal'
/**
 * Memo key of the removal that serves a request which asked for the same thing at the same moment: its workflow ends at
 * its admission, and every call of the client follows.
 */
export const JOINED_MEMO = 'joined'
/** Memo key of what a parked removal waits for; null while it is not parked. */
export const PARKED_MEMO = 'parked'
/** Value of the parked memo. */
export interface ParkedMemo extends FailureDocument {
  /** ISO time; removals that were parked by earlier versions have none. */
  since?: string
}

/**
 * Memo key of what was bought, the first purchase first. Only there once anything but the requested model and format was:
 * by a fallback, or where the budget wanted a cheaper model.
 */
export const PURCHASES_MEMO = 'purchases'
/** One purchase in that memo. */
export interface PurchaseMemo {
  /** The vendor's id of its job. */
  vendorJobId: string
  /** The model that was bought. */
  model: Model
  /** The format that was bought. */
  outputFormat: OutputFormat
}

export const searchAttributes = {
  state: defineSearchAttributeKey('RemovalState', SearchAttributeType.KEYWORD),
  project: defineSearchAttributeKey('RemovalProject', SearchAttributeType.KEYWORD),
  model: defineSearchAttributeKey('RemovalModel', SearchAttributeType.KEYWORD),
  format: defineSearchAttributeKey('RemovalFormat', SearchAttributeType.KEYWORD),
  failure: defineSearchAttributeKey('RemovalFailure', SearchAttributeType.KEYWORD),
  fingerprint: defineSearchAttributeKey('RemovalFingerprint', SearchAttributeType.KEYWORD),
  vendorJobId: defineSearchAttributeKey('VendorJobId', SearchAttributeType.KEYWORD_LIST),
  parkedSince: defineSearchAttributeKey('RemovalParkedSince', SearchAttributeType.DATETIME),
  creditsCharged: defineSearchAttributeKey('CreditsCharged', SearchAttributeType.DOUBLE),
} as const
