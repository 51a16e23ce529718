import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { FailureKind } from '../../domain/failures.ts'
import type { ParkEnd } from '../../domain/park-record.ts'
import type { KeptFile, RemovalDocument } from '../../domain/removal-document.ts'
import type { TrippedBreaker } from '../../domain/worker-record.ts'

/** A column that holds a moment. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const millicredits = (name: string) => bigint(name, { mode: 'number' })

/** One row a removal: what was asked, what it became, and the final document, for good. */
export const removals = pgTable(
  'removals',
  {
    id: text('id').primaryKey(),
    fingerprint: text('fingerprint').notNull(),
    workflowId: text('workflow_id').notNull(),
    project: text('project').notNull(),
    user: text('user_id'),
    reference: text('reference'),
    /** The file's name, or the URL without its query. */
    source: text('source').notNull(),
    inputKey: text('input_key'),
    inputBytes: bigint('input_bytes', { mode: 'number' }),
    inputSha256: text('input_sha256'),
    inputDurationSeconds: doublePrecision('input_duration_seconds'),
    /** Of the picture alone, where sound goes on without it. */
    inputPictureSeconds: doublePrecision('input_picture_seconds'),
    inputContentType: text('input_content_type'),
    model: text('model').notNull(),
    outputFormat: text('output_format').notNull(),
    background: jsonb('background').notNull(),
    request: jsonb('request').notNull(),
    estimatedMillicredits: millicredits('estimated_millicredits'),
    /** Where the vendor can read the input; unauthenticated by the vendor's contract, so it stays in here. */
    videoUrl: text('video_url'),
    orphanDrafts: integer('orphan_drafts').notNull().default(0),
    /** Another request for the same thing may join this one while it is open; null in rows of older versions. */
    joinable: boolean('joinable'),
    finalStatus: text('final_status'),
    failureKind: text('failure_kind'),
    document: jsonb('document').$type<RemovalDocument>(),
    createdAt: moment('created_at').notNull(),
    closedAt: moment('closed_at'),
    /** When its files were deleted; the row stays. */
    deletedAt: moment('deleted_at'),
  },
  (table) => [
    index('removals_project_created').on(table.project, table.createdAt),
    index('removals_open').on(table.createdAt).where(sql`closed_at is null`),
    index('removals_created').on(table.createdAt, table.id),
    index('removals_kept')
      .on(table.closedAt, table.id)
      .where(sql`closed_at is not null and deleted_at is null`),
    // The arbiter between callers that ask for the same thing at the same moment, and neither gave an id.
    uniqueIndex('removals_joinable')
      .on(table.project, table.fingerprint)
      .where(sql`joinable and closed_at is null`),
  ],
)

/** Requests that were led to another removal of the same thing at their admission, for good: they have no record. */
export const joinedRemovals = pgTable('joined_removals', {
  id: text('id').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  /** The removal that serves both. */
  intoId: text('into_id')
    .notNull()
    .references(() => removals.id),
  joinedAt: moment('joined_at').notNull(),
})

/**
 * One row a purchase: the vendor job meant to be started once, and the intents that hold it to that
 * (docs/architecture.md). `purchase` counts from 1 within a removal.
 */
export const vendorJobs = pgTable(
  'vendor_jobs',
  {
    removalId: text('removal_id')
      .notNull()
      .references(() => removals.id),
    purchase: integer('purchase').notNull(),
    vendorJobId: text('vendor_job_id').notNull().unique(),
    keyAlias: text('key_alias').notNull(),
    model: text('model').notNull(),
    outputFormat: text('output_format').notNull(),
    draftStatus: text('draft_status'),
    requestIds: text('request_ids').array().notNull().default(sql`'{}'`),
    startIntendedAt: moment('start_intended_at'),
    startInDoubtAt: moment('start_unclear_at'),
    startRepeatedAt: moment('start_repeated_at'),
    startedAt: moment('started_at'),
    /** The moment of the last park whose answer about this start was applied, epoch seconds. */
    startAnswer: integer('start_answer').notNull().default(0),
    estimatedMillicredits: millicredits('estimated_millicredits'),
    /** The price that the estimate was made with, and where it came from. */
    creditsPerMinute: doublePrecision('credits_per_minute'),
    priceVersion: text('price_version'),
    chargedMillicredits: millicredits('charged_millicredits'),
    billingStatus: text('billing_status'),
    /** The vendor's word, verbatim. */
    finalStatus: text('final_status'),
    error: text('error'),
    durationSeconds: doublePrecision('duration_seconds'),
    collected: boolean('collected').notNull().default(false),
    /** The output that was refused, where it was: its bytes are kept. */
    refusedOutput: jsonb('refused_output').$type<KeptFile>(),
    createdAt: moment('created_at').notNull(),
    finishedAt: moment('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.removalId, table.purchase] })],
)

/** What a transaction of the ledger does; one of each kind for a purchase, ever. */
export const ENTRY_KINDS = ['reserve', 'settle', 'release'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/**
 * Accounts of a project. `budget` and `reserved` mirror each other while credits are held for a purchase;
 * `spent` and `vendor` mirror what the vendor got.
 */
export const ACCOUNTS = ['budget', 'reserved', 'spent', 'vendor'] as const
export type Account = (typeof ACCOUNTS)[number]

/**
 * Double entry, append-only, integer millicredits. A trigger refuses a transaction whose entries do not sum to
 * zero, and every change of an entry; a repeated activity meets the unique key and changes nothing.
 */
export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    removalId: text('removal_id')
      .notNull()
      .references(() => removals.id),
    purchase: integer('purchase').notNull(),
    kind: text('kind').$type<EntryKind>().notNull(),
    account: text('account').$type<Account>().notNull(),
    project: text('project').notNull(),
    model: text('model').notNull(),
    outputFormat: text('output_format').notNull(),
    amountMillicredits: millicredits('amount_millicredits').notNull(),
    /** Why this amount: the price, the vendor's figure, or what a person found out. */
    reason: text('reason').notNull(),
    at: moment('at').notNull(),
  },
  (table) => [
    unique('ledger_entries_once').on(table.removalId, table.purchase, table.kind, table.account),
    // A purchase is settled or released, whichever came first; never both.
    uniqueIndex('ledger_entries_closed_once')
      .on(table.removalId, table.purchase)
      .where(sql`account = 'reserved' and kind <> 'reserve'`),
    index('ledger_entries_account').on(table.project, table.account),
  ],
)

/**
 * What a project holds and has spent: the sums of its entries, kept by a trigger whenever entries are inserted,
 * so that no reservation sums up the whole ledger.
 */
export const projectBalances = pgTable('project_balances', {
  project: text('project').primaryKey(),
  reservedMillicredits: millicredits('reserved_millicredits').notNull().default(0),
  spentMillicredits: millicredits('spent_millicredits').notNull().default(0),
})

/** What a project may hold and spend in all; a project without a row has no limit. */
export const budgets = pgTable('budgets', {
  project: text('project').primaryKey(),
  limitMillicredits: millicredits('limit_millicredits').notNull(),
  changedAt: moment('changed_at').notNull(),
})

/**
 * One row a park of a removal: what it stood still for, and who ended that. A removal may park before it is recorded,
 * so that no row of `removals` needs to be there.
 */
export const parks = pgTable(
  'parks',
  {
    removalId: text('removal_id').notNull(),
    project: text('project').notNull(),
    purchase: integer('purchase').notNull(),
    kind: text('kind').$type<FailureKind>().notNull(),
    message: text('message').notNull(),
    parkedAt: moment('parked_at').notNull(),
    endedAt: moment('ended_at'),
    /** `person`, `time`, `vendor`, `cancel` or `renewal`. */
    endedBy: text('ended_by').$type<ParkEnd['by']>(),
    /** Who resumed it, and why, in their own words. */
    resumedBy: text('resumed_by'),
    note: text('note'),
    /** A person's answer to an unknown outcome, and the limit that they raised. */
    answer: text('answer').$type<'started' | 'not-started'>(),
    maxCredits: doublePrecision('max_credits'),
  },
  (table) => [
    primaryKey({ columns: [table.removalId, table.parkedAt] }),
    index('parks_open').on(table.project, table.parkedAt).where(sql`ended_at is null`),
  ],
)

/**
 * One row a worker process that runs, or ran until a moment ago: it says every few seconds that it lives, what it is, and
 * which of its circuit breakers are tripped. A row that is not renewed belongs to a process that is frozen or dead.
 */
export const workers = pgTable('workers', {
  id: text('id').primaryKey(),
  namespace: text('namespace').notNull(),
  /** As it calls itself at Temporal: `pid@host`. */
  identity: text('identity').notNull(),
  version: text('version').notNull(),
  build: text('build').notNull(),
  breakers: jsonb('breakers').$type<TrippedBreaker[]>().notNull(),
  /** Vendor calls of its last minute, and how many of them failed. */
  calls: integer('calls').notNull(),
  failedCalls: integer('failed_calls').notNull(),
  startedAt: moment('started_at').notNull(),
  seenAt: moment('seen_at').notNull(),
})

/**
 * One row a readiness check that was about to make a draft at the vendor. The draft belongs to no removal, and nothing can
 * start it.
 */
export const readyDrafts = pgTable('ready_drafts', {
  checkId: text('check_id').primaryKey(),
  keyAlias: text('key_alias').notNull(),
  /** Null until the vendor's answer has come. */
  vendorJobId: text('vendor_job_id').unique(),
  orphanDrafts: integer('orphan_drafts').notNull().default(0),
  createdAt: moment('created_at').notNull(),
})

/** Which process writes to an unfinished upload at the moment, so that replicas of the gateway never write at once. */
export const uploadLocks = pgTable('upload_locks', {
  uploadId: text('upload_id').primaryKey(),
  holder: text('holder').notNull(),
  /** A holder that was killed renews it no more. */
  expiresAt: moment('expires_at').notNull(),
  /** Somebody else wants to go on with the upload: the holder lets it go. */
  isWanted: boolean('is_wanted').notNull().default(false),
})

/** Random keys that roles share by this database alone; none of them opens anything of the vendor's. */
export const sharedKeys = pgTable('shared_keys', {
  name: text('name').primaryKey(),
  key: text('key').notNull(),
})
