import { asc, eq, sql } from 'drizzle-orm'
import type { ParkRecord } from '../../domain/park-record.ts'
import type { Database } from './open-database.ts'
import type { ParkRow } from './rows.ts'
import { parks } from './schema.ts'

/** The ledger's rows about parks. Each change is safe to repeat, and an end may be written before its beginning. */
export interface ParkRows {
  /** True where nothing was recorded of this park before. */
  record(park: ParkRecord): Promise<boolean>
  /** All parks of a removal, the first one first. */
  all(removalId: string): Promise<ParkRow[]>
}

/** Those of one database. */
export function parkRecords(database: Database): ParkRows {
  return {
    async record({ parkedAtMs, end, message, ...park }: ParkRecord): Promise<boolean> {
      const row = { ...park, message: message.slice(0, LONGEST_MESSAGE), parkedAt: new Date(parkedAtMs) }
      const ended = end && {
        endedAt: new Date(end.atMs),
        endedBy: end.by,
        resumedBy: end.resume?.by ?? null,
        note: end.resume?.note ?? null,
        answer: end.resume?.as ?? null,
        maxCredits: end.resume?.maxCredits ?? null,
      }
      const insert = database.insert(parks).values({ ...row, ...ended })
      const changing =
        ended === null
          ? insert.onConflictDoNothing()
          : insert.onConflictDoUpdate({ target: [parks.removalId, parks.parkedAt], set: ended })
      // Of a row that an update has changed, the system column says that it was there before.
      const changed = await changing.returning({ isNew: sql<boolean>`xmax = 0` })
      return changed[0]?.isNew === true
    },

    async all(removalId: string): Promise<ParkRow[]> {
      return database.select().from(parks).where(eq(parks.removalId, removalId)).orderBy(asc(parks.parkedAt))
    },
  }
}

const LONGEST_MESSAGE = 1_000
