import type { Ledger } from '../adapters/ledger/ledger.ts'
import type { Storage } from '../adapters/storage/storage.ts'
import type { HostRules } from '../adapters/transfer/host-rules.ts'
import type { Metrics } from '../domain/metrics.ts'
import type { ParkedGroup } from '../domain/notify/parked-group.ts'
import type { PolicySettings } from '../domain/policies.ts'
import type { Prices } from '../domain/pricing.ts'
import type { ReplayedOpen } from '../domain/readiness.ts'
import type { Tracing } from '../domain/tracing.ts'
import type { GuardedVendorClient } from './breakers.ts'
import type { Media } from './media.ts'

/** Who is told of parked removals, and how. */
interface Notifications {
  everyMs: number
  shape: 'slack' | 'generic'
  parkedGroups(): Promise<ParkedGroup[]>
  send(message: object, signal: AbortSignal): Promise<void>
}

interface ReplayOpenWanted {
  signal: AbortSignal
  onReplayed(count: number): void
}

/** The outside world of the activities. The composition root of a worker hands it in. */
export interface ActivityDependencies {
  /** What was meant and what it cost. */
  ledger: Ledger
  /** Where inputs are staged and outputs end. */
  storage: Storage
  /** One client a key: the current one makes new jobs, retired ones go on polling theirs (docs/vendors/removebgvideo.md §2). */
  vendor: {
    /** Makes new jobs. */
    current: GuardedVendorClient
    /** The client of a key; undefined where there is none of that name. */
    byAlias(alias: string): GuardedVendorClient | undefined
  }
  /** Which hosts an input URL may name, from which an output may come, and which hear webhooks. */
  hosts: {
    /** For inputs. */
    input: HostRules
    /** For outputs. */
    output: HostRules
    /** For webhooks. */
    receiver: HostRules
  }
  /** Looks into inputs and outputs. */
  media: Media
  /** A folder for transfers in progress; partial downloads are resumed from here. */
  workFolder: string
  /** What the policies of activities are made of. */
  settings: PolicySettings
  /** Who counts. */
  metrics: Metrics
  /** Who is told of spans. */
  tracing: Tracing
  /** Tells of parked removals; undefined where nobody asked to be told. */
  notifications?: Notifications | undefined
  /**
   * Replays unfinished histories with the workflow code of this worker, so many at most; undefined where it cannot
   * read them.
   */
  replayOpen?: ((wanted: ReplayOpenWanted) => Promise<ReplayedOpen>) | undefined
  /** How long files are kept after the end of their removal, milliseconds; for ever unless given. */
  keepMs?: number | null
  /** Search attributes that the namespace lacks: a workflow must not set them. None where it says nothing. */
  lackingSearchAttributes?: readonly string[]
  /** The vendor's live prices; the last good ones while it does not answer. */
  prices(): Promise<Prices>
  /** Where the vendor calls back about a removal; null when it need not. */
  webhookUrlOf(removalId: string): string | null
  /** Epoch milliseconds; may jump with the host's clock. Temporal's clock in tests that skip time. */
  now(): number | Promise<number>
  /** Milliseconds since some moment, by a clock that never jumps. */
  monotonicMs(): number | Promise<number>
}
