import type { Client } from '@temporalio/client'
import type { Storage } from '../storage/storage.ts'
import { awaitResult } from './await-result.ts'
import { cancelRemoval } from './cancel-removal.ts'
import { listRemovals } from './list-removals.ts'
import { removalStatus } from './removal-status.ts'
import type { Removals } from './removals.ts'
import { resumeAll } from './resume-all.ts'
import { resumeRemoval } from './resume-removal.ts'
import { startRemoval } from './start-removal.ts'
import type { Surroundings } from './surroundings.ts'
import { watchRemoval } from './watch-removal.ts'

/** What removals are made with. */
export interface RemovalsOptions {
  /** A client of the namespace in which the workers poll. */
  client: Client
  /** The same storage that the workers use. */
  storage: Storage
  /** The vendor's own host may be named in a source URL even when it is private; the real vendor unless given. */
  vendorBaseUrl?: string
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
    ...options,
  }
  return {
    start: (request, startOptions) => startRemoval(around, request, startOptions),
    result: (id, resultOptions) => awaitResult(around, id, resultOptions),
    async remove(request, removeOptions) {
      const { id } = await startRemoval(around, request, removeOptions)
      return awaitResult(around, id, removeOptions)
    },
    status: (id) => removalStatus(around, id),
    list: (filter) => listRemovals(around, filter),
    watch: (id, watchOptions) => watchRemoval(around, id, watchOptions),
    cancel: (id) => cancelRemoval(around, id),
    resume: (id, answer) => resumeRemoval(around, id, answer),
    resumeAll: (filter, resumeOptions) => resumeAll(around, filter, resumeOptions),
  }
}
