import { and, eq, lt, sql } from 'drizzle-orm'
import type { Database } from './open-database.ts'
import { uploadLocks } from './schema.ts'

/** A holder renews its lock several times within this; after it, the lock of one that was killed is anybody's. */
const LASTS = sql`interval '10 seconds'`

/** The clock of the database alone counts, since the holders are on different machines. */
const now = sql`clock_timestamp()`

/** Locks on unfinished uploads that all replicas of the gateway share. */
export interface UploadLocks {
  /** Takes a free lock, or one whose holder is gone. False where another has it: that one hears that it is wanted. */
  take(uploadId: string, holder: string): Promise<boolean>
  /** Goes on holding a lock; says whether somebody else wants it, or has it by now. */
  renew(uploadId: string, holder: string): Promise<'held' | 'wanted' | 'lost'>
  release(uploadId: string, holder: string): Promise<void>
}

/** Those of one database. */
export function uploadLockRecords(database: Database): UploadLocks {
  return {
    async take(uploadId: string, holder: string): Promise<boolean> {
      const taken = await database
        .insert(uploadLocks)
        .values({ uploadId, holder, expiresAt: sql`${now} + ${LASTS}` })
        .onConflictDoUpdate({
          target: uploadLocks.uploadId,
          set: { holder, expiresAt: sql`${now} + ${LASTS}`, isWanted: false },
          setWhere: lt(uploadLocks.expiresAt, now),
        })
        .returning({ uploadId: uploadLocks.uploadId })
      if (taken.length > 0) return true
      await database.update(uploadLocks).set({ isWanted: true }).where(eq(uploadLocks.uploadId, uploadId))
      return false
    },

    async renew(uploadId: string, holder: string): Promise<'held' | 'wanted' | 'lost'> {
      const [row] = await database
        .update(uploadLocks)
        .set({ expiresAt: sql`${now} + ${LASTS}` })
        .where(and(eq(uploadLocks.uploadId, uploadId), eq(uploadLocks.holder, holder)))
        .returning({ isWanted: uploadLocks.isWanted })
      if (row === undefined) return 'lost'
      return row.isWanted ? 'wanted' : 'held'
    },

    async release(uploadId: string, holder: string): Promise<void> {
      await database
        .delete(uploadLocks)
        .where(and(eq(uploadLocks.uploadId, uploadId), eq(uploadLocks.holder, holder)))
    },
  }
}
