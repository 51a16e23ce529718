import { sql } from 'drizzle-orm'
import type { RemovalState } from '../../domain/removal-document.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'

/** The unfinished removals of one state, as far as the ledger tells states apart. */
export interface OpenRemovals {
  state: RemovalState
  count: number
  /** Of the one that was admitted first. */
  oldestMs: number
}

/** Unfinished removals by state, with the age of the oldest by the database's clock. */
export async function openRemovalsReport(database: Database): Promise<OpenRemovals[]> {
  try {
    const { rows } = await database.execute(sql`
      select state, count(*) as count, extract(epoch from (now() - min(created_at))) * 1000 as oldest_ms
      from (
        select r.created_at, case
          when exists (select from parks p where p.removal_id = r.id and p.ended_at is null) then 'parked'
          when v.vendor_job_id is null then case when r.video_url is null then 'accepted' else 'drafting' end
          when v.started_at is null and v.start_intended_at is null then 'starting'
          when v.final_status is null then 'processing'
          else 'retrieving' end as state
        from removals r left join lateral (
          select * from vendor_jobs where removal_id = r.id order by purchase desc limit 1
        ) v on true
        where r.closed_at is null
      ) open group by state`)
    return rows.map((row) => ({
      state: row['state'] as RemovalState,
      count: Number(row['count']),
      oldestMs: Math.max(0, Number(row['oldest_ms'])),
    }))
  } catch (error) {
    throw failureFromDatabase(error, 'open removals')
  }
}
