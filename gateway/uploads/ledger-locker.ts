import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lock, Locker } from '@tus/server'
import { ERRORS } from '@tus/server'
import { TusError } from './tus-error.ts'

/** Locks that all replicas share: those of the ledger. */
export interface SharedLocks {
  take(uploadId: string, holder: string): Promise<boolean>
  renew(uploadId: string, holder: string): Promise<'held' | 'wanted' | 'lost'>
  release(uploadId: string, holder: string): Promise<void>
}

/** Longer than a lock of a killed holder lasts, so that whoever resumes at once need not come again. */
const WAITS_MS = 15_000
const TRIES_EVERY_MS = 400
/** A holder learns within this that somebody else wants to go on with the upload. */
const RENEWS_EVERY_MS = 1_000

/** The locker of uploads. A request that holds a lock which another one wants is told to let go. */
export function createLedgerLocker(locks: SharedLocks): Locker {
  return { newLock: (id) => createLock(id, locks) }
}

function createLock(id: string, locks: SharedLocks): Lock {
  const holder = randomUUID()
  let renewing: NodeJS.Timeout | undefined
  return {
    async lock(signal, letGo) {
      const endsAt = Date.now() + WAITS_MS
      while (!(await locks.take(id, holder))) {
        if (signal.aborted || Date.now() > endsAt) throw new TusError(ERRORS.ERR_LOCK_TIMEOUT)
        await sleep(TRIES_EVERY_MS)
      }
      const renew = async (): Promise<void> => {
        // A ledger that is away for a moment says nothing about who wants the upload.
        const state = await locks.renew(id, holder).catch(() => 'held' as const)
        if (renewing === undefined) return
        if (state !== 'held') await letGo()
        if (state !== 'lost') renewing = setTimeout(() => void renew(), RENEWS_EVERY_MS)
      }
      renewing = setTimeout(() => void renew(), RENEWS_EVERY_MS)
    },
    async unlock() {
      clearTimeout(renewing)
      renewing = undefined
      // What cannot be released now ends by itself.
      await locks.release(id, holder).catch(() => {})
    },
  }
}
