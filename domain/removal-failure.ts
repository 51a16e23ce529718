import { adviceFor } from './failure-advice.ts'
import type { FailureKind } from './failures.ts'
import { isFailureKind, ruleOf } from './failures.ts'
import type { FailureDocument, RemovalDocument } from './removal-document.ts'

/**
 * How far a vendor call got before it failed. Money depends on it: only `in-doubt` may have had an effect.
 * `not-sent`: no connection was made; `refused`: the vendor said a definite no (docs/architecture.md).
 */
export type SendOutcome = 'not-sent' | 'refused' | 'in-doubt'

/** What a failed step says to the workflow besides its failure. */
export interface FailureContext {
  /** A POST start may have had an effect that no status check has resolved yet. */
  startInDoubt?: boolean
  /** The failure is the vendor job's own end, not that of a call about it. */
  jobEnded?: boolean
  /** The ledger lacks what was recorded before: it was restored from a backup. */
  recordsLost?: boolean
  /** Of an admission: names of search attributes that the namespace lacks, so that the workflow sets the others. */
  lackingSearchAttributes?: readonly string[]
  /** Of an admission: the id under which an earlier build has recorded the removal, where that is another one. */
  recordedId?: string
}

/** What is known about a failure beyond its kind and message; everything is optional. */
export interface FailureFacts extends FailureContext {
  requestId?: string | null
  vendorJobId?: string | null
  /** HTTP status of the vendor's answer, where there was one. */
  httpStatus?: number | null
  /** The vendor's own `error.code`, verbatim. */
  vendorCode?: string | null
  /** What the vendor asked for in `Retry-After`, milliseconds. */
  retryAfterMs?: number | null
  attempts?: number | null
  sendOutcome?: SendOutcome
  /** Replaces the kind's usual advice when more is known. */
  hint?: string
  /** Of a refused output: whether the file proves that it is not what was bought. */
  proven?: boolean | null
  userMessage?: string
  /** Replaces the kind's usual answer: false where the same command would buy again. */
  retryable?: boolean
  /** The id of a request belongs to another request. */
  isIdInUse?: boolean
  /** The removal that failed, where its id is known. */
  removalId?: string | null
  /** The removal's document, where it is known. */
  document?: RemovalDocument | null
  /** No repeat of the call can help, although its kind is one that is repeated. */
  isLast?: boolean
  /** When to repeat the call, milliseconds from now, where the failure knows better than the activity's policy. */
  retryInMs?: number
  cause?: unknown
}

/**
 * The one error of this product: a kind of `FAILURES`, a message that says what failed and on what, and the
 * vendor's ids. Never holds keys, bodies or signed URLs.
 */
export class RemovalFailure extends Error {
  /** By which every copy of this module knows a failure of ours. */
  override readonly name = 'RemovalFailure'
  /** A row of the table of failures. */
  readonly kind: FailureKind
  /** What else is known. */
  readonly facts: Omit<FailureFacts, 'cause' | 'document' | 'removalId'>
  /** The removal that failed or is parked; null where the failure is not about one. */
  readonly removalId: string | null
  /** What is known of that removal: its final document once it has ended. */
  readonly document: RemovalDocument | null

  constructor(
    kind: FailureKind,
    message: string,
    { cause, document = null, removalId = document?.id ?? null, ...facts }: FailureFacts = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.facts = facts
    this.document = document
    this.removalId = removalId
  }

  /** The same failure as one of this removal, with what else is known of it. */
  about(removal: Pick<FailureFacts, 'removalId' | 'document'>, more: FailureFacts = {}): RemovalFailure {
    const { kind, message, facts, cause } = this
    return new RemovalFailure(kind, message, { ...facts, cause, ...removal, ...more })
  }

  /** The `failure` member of a removal's document (docs/reference.md). */
  toDocument(): FailureDocument {
    const advice = adviceFor(this.kind, this.removalId ?? null)
    return {
      /** A row of the table of failures. */
      kind: this.kind,
      message: this.message,
      userMessage: this.facts.userMessage ?? advice.userMessage,
      requestId: this.facts.requestId ?? null,
      vendorJobId: this.facts.vendorJobId ?? null,
      attempts: this.facts.attempts ?? null,
      retryable: this.facts.retryable ?? ruleOf(this.kind).retryable,
      hint: this.facts.hint ?? advice.hint,
      proven: this.facts.proven ?? null,
    }
  }

  /** The way back from a document, for those who read failures from Temporal, HTTP or the ledger. */
  static fromDocument(
    document: FailureDocument,
    removal: RemovalDocument | null = null,
    more: FailureFacts = {},
  ): RemovalFailure {
    const { kind, message, requestId, vendorJobId, attempts, hint, userMessage, retryable, proven } = document
    const isUsual = !isFailureKind(kind) || ruleOf(kind).retryable === retryable
    return new RemovalFailure(kind, message, {
      requestId,
      vendorJobId,
      attempts,
      hint,
      userMessage,
      // Documents of earlier versions do not say.
      proven: proven ?? null,
      ...(isUsual ? {} : { retryable }),
      document: removal,
      ...more,
    })
  }
}

/** Whether an unknown error is ours, also when it comes from another copy of this module. */
export function isRemovalFailure(error: unknown): error is RemovalFailure {
  return error instanceof Error && error.name === 'RemovalFailure' && 'kind' in error && 'facts' in error
}

/** Any error as a failure of ours, with more said about it. What is none of ours is `Unexpected`: a bug. */
export function asRemovalFailure(error: unknown, more: FailureFacts = {}): RemovalFailure {
  if (!isRemovalFailure(error)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return new RemovalFailure('Unexpected', message.slice(0, LONGEST_UNEXPECTED), { cause: error, ...more })
  }
  const { kind, message, facts, document, removalId, cause } = error
  return new RemovalFailure(kind, message, { ...facts, document, removalId, cause, ...more })
}

/** A stray error may quote a whole body. */
const LONGEST_UNEXPECTED = 400
