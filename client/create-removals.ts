import type { Client } from '@temporalio/client'
import type { Storage } from '../adapters/storage/storage.ts'
import type { Prices } from '../domain/pricing.ts'
import type { Proxies } from '../domain/proxies.ts'
import { proxiesFrom } from '../domain/proxies.ts'
import { isRemovalFailure } from '../domain/removal-failure.ts'
import { cancelRemoval } from './control/cancel-removal.ts'
import { deleteRemoval } from './control/delete-removal.ts'
import { renewAll } from './control/renew-all.ts'
import { resumeAll } from './control/resume-all.ts'
import { resumeRemoval } from './control/resume-removal.ts'
import { signalCallback } from './control/signal-callback.ts'
import { downloadOutput, openOutput, signedOutputUrl } from './output/open-output.ts'
import { quoteRemoval } from './quote/quote.ts'
import type { RemovalRecords } from './records.ts'
import type { Removals } from './removals.ts'
import { startFrom } from './start/start-from-bytes.ts'
import { listRemovals } from './status/list-removals.ts'
import { removalStatus } from './status/removal-status.ts'
import { awaitResult, watchRemoval } from './status/watch-removal.ts'
import type { Surroundings } from './surroundings.ts'

/** What removals are made with. */
export interface RemovalsOptions {
  /** A client of the namespace in which the workers poll. */
  client: Client
  /** The same storage that the workers use. */
  storage: Storage
  /** Answers `status`, `list`, `watch` and `result` for removals that Temporal has forgotten: the ledger, usually. */
  records?: RemovalRecords
  /** The vendor's prices for `quote`; those that the vendor documents unless given. */
  prices?: () => Promise<Prices>
  /** The vendor's own host may be named in a source URL even when it is private; the real vendor unless given. */
  vendorBaseUrl?: string
  /** Hosts, addresses and ranges that source URLs may have although they are private; as `MATTEFLOW_PRIVATE_HOSTS`. */
  privateHosts?: readonly string[]
  /** The way to source URLs; as this process's environment says unless given. */
  proxies?: Proxies
  /** How long `resume` waits for a worker to answer; 30 s unless given. */
  waitingForWorkerMs?: number
  /** For how long Temporal may be away during `result` and `watch`; 60 s unless given. */
  outagePatienceMs?: number
}

/** Removals on a Temporal client. Nothing is touched before the first call. */
export function createRemovals(options: RemovalsOptions): Removals {
  const around: Surroundings = {
    vendorBaseUrl: 'https://api.removebgvideo.com',
    waitingForWorkerMs: 30_000,
    outagePatienceMs: 60_000,
    privateHosts: [],
    proxies: proxiesFrom(process.env),
    ...options,
  }
  return {
    start: (request, startOptions) => startFrom(around, request, startOptions),
    result: (id, resultOptions) => named(id, awaitResult(around, id, resultOptions)),
    async remove(request, removeOptions) {
      const { id } = await startFrom(around, request, removeOptions)
      return named(id, awaitResult(around, id, removeOptions))
    },
    quote: (source, quoteOptions) => quoteRemoval(around, source, quoteOptions),
    status: (id) => named(id, removalStatus(around, id)),
    list: (filter) => listRemovals(around, filter),
    watch: (id, watchOptions) => watchRemoval(around, id, watchOptions),
    cancel: (id, said) => named(id, cancelRemoval(around, id, said)),
    open: (id, readOptions) => named(id, openOutput(around, id, readOptions)),
    download: (id, path) => named(id, downloadOutput(around, id, path)),
    signedUrl: (id, { expiresInSeconds = 3_600 } = {}) =>
      named(id, signedOutputUrl(around, id, expiresInSeconds)),
    delete: (id) => named(id, deleteRemoval(around, id)),
    resume: (id, request) => named(id, resumeRemoval(around, id, request)),
    callback: (id, callback) => named(id, signalCallback(around, id, callback)),
    resumeAll: (filter, resumeOptions) => resumeAll(around, filter, resumeOptions),
    renewAll: (renewOptions) => renewAll(around, renewOptions),
  }
}

/** A failure about one removal says which, however far from it it began. */
async function named<Result>(id: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (!isRemovalFailure(error) || error.removalId !== null) throw error
    throw error.about({ removalId: id, document: error.document })
  }
}
