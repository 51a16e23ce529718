import type { Readable } from 'node:stream'
import type { ReadOptions } from '../adapters/storage/storage.ts'
import type { FailureKind } from '../domain/failures.ts'
import type { RemovalDocument, RemovalState } from '../domain/removal-document.ts'
import type { CancelNote, ResumeRequest, ResumeResult, VendorCallback } from '../workflows/messages.ts'
import type { QuoteOptions, QuoteSource, QuoteWithBudget } from './quote/quote.ts'
import type { GivenInput } from './start/given-input.ts'
import type { RemovalRequestInput } from './start/removal-request-input.ts'

/** What a start tells about itself while it goes on. */
export interface StartOptions {
  /** Buys again although the same request has an unfinished removal in its project. */
  isNew?: boolean
  /** Hears the removal's id, before anything is staged. */
  onId?: (id: string) => void
  /** Hears that the removal was there already, after `onId`. */
  onJoined?: (id: string) => void
  /** What bytes or a stream are called in documents and lists; the name of a `File`, else `video`, unless given. */
  fileName?: string
  /** What lies in the storage under the key that the request names as `stored`, where the caller knows it. */
  input?: GivenInput
  /** The caller's trace (W3C `traceparent`), which the removal is then part of; a malformed one is dropped. */
  traceparent?: string | undefined
  /** Bytes of the input that are staged so far. */
  onProgress?: (bytes: number) => void
  /** Ends the staging and leaves nothing behind; a removal that was started goes on. */
  signal?: AbortSignal
}

/** The removal that a start led to. `joined`: it was there already, nothing was staged for it. */
export interface StartedRemoval {
  /** Of the removal that serves the request. */
  id: string
  /** It was there already. */
  joined: boolean
  /** As it stands now. */
  document: RemovalDocument
}

/** How to wait for an end. */
export interface ResultOptions {
  /** Goes on waiting while the removal is parked; otherwise its failure ends the waiting. */
  waitWhileParked?: boolean
  /** Hears that another removal serves the request: both came at the same moment, without an id. */
  onJoined?: (id: string) => void
  /** Hears every change. */
  onUpdate?: (document: RemovalDocument) => void
  /** Ends the waiting, not the removal. */
  signal?: AbortSignal
}

/** How to watch a removal. */
export interface WatchOptions {
  /** Hears that another removal serves the request, whose documents follow. */
  onJoined?: (id: string) => void
  /** Ends the watching, not the removal. */
  signal?: AbortSignal
  /** Milliseconds between two looks; an end is noticed at once. Unless given ¼ s, growing to 5 s while nothing changes. */
  intervalMs?: number
}

/** Which removals to list; all conditions hold together. */
export interface ListFilter {
  /** In this state. */
  state?: RemovalState
  /** Of this project. */
  project?: string
  /** Started at this time or later. */
  since?: Date
  /** Started at this time or earlier. */
  until?: Date
  /** Parked at this time or later, and still so. */
  parkedSince?: Date
  /** At most so many; all unless given. */
  limit?: number
  /** What was asked for, as `domain/fingerprint.ts` puts it. */
  fingerprint?: string
  /** Failed with this kind, or parked for it. */
  failure?: FailureKind
}

/** Which parked removals to resume: those of one kind of failure, in all projects unless one is named. */
export interface ResumeAllFilter {
  /** Parked for this kind. */
  kind: FailureKind
  /** Of this project alone. */
  project?: string
}

/** How to resume many removals. */
export interface ResumeAllOptions {
  /** Resumes a second at most; 5 unless given. */
  ratePerSecond?: number
  /** Only says what would be resumed. */
  isDryRun?: boolean
  /** Hears of each removal when its turn has come. */
  onResumed?: (resumption: Resumption) => void
  /** Ends the going over; what was resumed goes on. */
  signal?: AbortSignal
}

/** What became of one removal that stood parked. */
export interface Resumption {
  /** The removal's id. */
  id: string
  /** Its project. */
  project: string
  /** ISO time; null where nobody knows. */
  parkedSince: string | null
  /** `parked`: a dry run left it so. `gone`: it had ended, or went on by itself, before its turn. */
  outcome: 'resumed' | 'refused' | 'gone' | 'parked'
  /** Why it was refused; else null. */
  reason: string | null
}

/** How to renew many removals. */
export interface RenewAllOptions {
  /** Removals a second at most; 5 unless given. */
  ratePerSecond?: number
  /** Only says what sleeps. */
  isDryRun?: boolean
  /** Hears of each removal when its turn has come. */
  onRenewed?: (renewal: Renewal) => void
  /** Ends the going over; what was woken goes on. */
  signal?: AbortSignal
}

/** What became of one removal that slept. */
export interface Renewal {
  /** The removal's id. */
  id: string
  /** Its project. */
  project: string
  /** As it slept. */
  state: RemovalState
  /** Null where it was not parked. */
  parkedSince: string | null
  /** `asleep`: a dry run left it so. `gone`: it had ended before its turn. */
  outcome: 'woken' | 'gone' | 'asleep'
}

/** How many removals each outcome has. */
export type ResumptionCounts = Record<Resumption['outcome'], number>

/**
 * Removals, as business services use them. Whatever goes wrong rejects with a `RemovalFailure`: `NotFound` for
 * an id that nobody knows, `PlatformUnavailable` where Temporal or the storage cannot be reached.
 * An aborted signal rejects with its own reason.
 */
export interface Removals {
  /**
   * Validates the request and its input, stages the input and starts the removal. Repeating it with the same id
   * and request leads to the same removal, also when that has ended; without an id, an unfinished removal of the
   * same request in the same project is joined. Of several calls at the same moment one buys: the others' workflows end
   * at their admission, and every call about their ids follows the one that goes on. Rejects with `InvalidRequest` (also for an id that another
   * request uses) or `InvalidInput` before anything is staged.
   */
  start(request: RemovalRequestInput, options?: StartOptions): Promise<StartedRemoval>
  /**
   * Waits for the end of a removal. Resolves with the document of a success; rejects with the failure's kind when
   * it failed, with `Cancelled`, and, unless `waitWhileParked`, when it is parked. The failure's `document` is
   * the removal's then. Outlives an absence of Temporal of up to a minute.
   */
  result(id: string, options?: ResultOptions): Promise<RemovalDocument>
  /** `start` and `result` in one. */
  remove(request: RemovalRequestInput, options?: StartOptions & ResultOptions): Promise<RemovalDocument>
  /**
   * What a video would cost and take, for every model; nothing is stored or bought, and no worker is needed. Rejects
   * with `InvalidInput` for what no model takes.
   */
  quote(source: QuoteSource, options?: QuoteOptions): Promise<QuoteWithBudget>
  /** How a removal stands. Needs no worker; what is not known yet is null. The records answer what Temporal forgot or never knew. */
  status(id: string): Promise<RemovalDocument>
  /** Removals as Temporal's visibility and the records know them, newest first; a `status` of one tells more. */
  list(filter?: ListFilter): AsyncIterable<RemovalDocument>
  /** The document now and after each change, until the end of the removal. */
  watch(id: string, options?: WatchOptions): AsyncIterable<RemovalDocument>
  /**
   * Asks for cancellation and waits a few seconds for it, so that the document usually is the final one. What has
   * ended already stays as it is.
   */
  cancel(id: string, said?: CancelNote): Promise<RemovalDocument>
  /**
   * Streams the output of a removal that has succeeded, or a part of it. Rejects with the removal's own failure where it
   * ended otherwise, with `InvalidRequest` while it goes on, and with `NotFound` where its files were deleted.
   */
  open(id: string, options?: ReadOptions): Promise<Readable>
  /** Saves the output at a path, which appears whole and checked, or not at all; gives the absolute path. Rejects as `open`. */
  download(id: string, path: string): Promise<string>
  /**
   * A URL at which anybody may fetch the output for so long, an hour unless given; null where the storage has none, as a
   * folder. Rejects as `open`.
   */
  signedUrl(id: string, options?: { expiresInSeconds?: number }): Promise<string | null>
  /**
   * Deletes the output, refused outputs, the input and the vendor exchanges of a removal that has ended; the ledger keeps
   * its row. Resolves with the document once that is done, also for one that was deleted before. `InvalidRequest` for a
   * removal that is not finished, or whose files an unfinished one was given as its input; `PlatformUnavailable` where no
   * worker has done it within the time that `resume` waits: then it is done later.
   */
  delete(id: string): Promise<RemovalDocument>
  /** Lets a parked removal go on. `InvalidRequest` when it is not parked, or when `as` does not fit the reason. */
  resume(id: string, request?: ResumeRequest): Promise<ResumeResult>
  /**
   * Tells a removal that the vendor called back: its next status check comes at once. Resolves once Temporal has taken
   * it; a removal that has ended needs none. `NotFound` for an id that Temporal does not know.
   */
  callback(id: string, callback: VendorCallback): Promise<void>
  /**
   * Resumes the removals that stand parked for one kind of failure, those that wait longest first. `InvalidRequest`
   * for a kind that never parks, and for `UnknownOutcome`: each of those is a question of its own. Stops at the
   * first `PlatformUnavailable` and rejects with it; repeating the call goes on with the rest.
   */
  resumeAll(filter: ResumeAllFilter, options?: ResumeAllOptions): Promise<ResumptionCounts>
  /**
   * Lets the removals that sleep, parked or waiting for their vendor job, go on in a new run, so that nothing of them is
   * left for the build that began them. Nothing is resumed, bought or done again: what was parked parks again. Says how
   * many were woken, or would be.
   */
  renewAll(options?: RenewAllOptions): Promise<number>
}
