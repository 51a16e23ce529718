import type { RemovalDocument } from '../domain/removal-document.ts'
import type { ListFilter } from './removals.ts'

/** Which removals a ledger is asked for; all conditions hold together. */
export type RecordsFilter = Pick<
  ListFilter,
  'state' | 'project' | 'since' | 'until' | 'fingerprint' | 'failure'
>

/**
 * What a ledger remembers of removals, for good: Temporal forgets a closed run after its retention. A failure to
 * answer is `PlatformUnavailable`.
 */
export interface RemovalRecords {
  /** The removal's final document, else what is recorded of it so far; undefined where it was never recorded. */
  find(id: string): Promise<RemovalDocument | undefined>
  /** What a recorded removal was asked for, as `domain/fingerprint.ts` puts it; undefined where it was never recorded. */
  fingerprint?(id: string): Promise<string | undefined>
  /** Recorded removals, newest first. A filter by a state that only a running workflow knows matches none. */
  list(filter?: RecordsFilter): AsyncIterable<RemovalDocument>
  /** The credits that a project may still spend; null where it has no limit. */
  budgetLeft?(project: string): Promise<number | null>
}
