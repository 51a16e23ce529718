import type { Client } from '@temporalio/client'
import type { Storage } from '../adapters/storage/storage.ts'
import type { Prices } from '../domain/pricing.ts'
import type { Proxies } from '../domain/proxies.ts'
import type { RemovalRecords } from './records.ts'

/** What every operation of the client works with. */
export interface Surroundings {
  client: Client
  storage: Storage
  /** Answers for what Temporal has forgotten, where there is one. */
  records?: RemovalRecords
  /** The vendor's prices, for quotes; the documented ones unless given. */
  prices?: () => Promise<Prices>
  /** Its host may be named in a source URL even when it is private. */
  vendorBaseUrl: string
  /** What else private a source URL may name, and the way to it. */
  privateHosts: readonly string[]
  proxies: Proxies
  /** How long a message that only a worker can answer waits for one, milliseconds. */
  waitingForWorkerMs: number
  /** For how long Temporal may be away while somebody waits, milliseconds. */
  outagePatienceMs: number
}
