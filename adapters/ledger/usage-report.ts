import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'

/** What usage can be broken down by; days are those of UTC. */
export const USAGE_DIMENSIONS = ['project', 'user', 'model', 'day'] as const
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number]

/** Which purchases count, and how they are broken down. A purchase belongs to the moment it was made. */
export interface UsageQuery {
  by: readonly UsageDimension[]
  project?: string
  user?: string
  model?: string
  since?: Date
  until?: Date
}

/** Sums over some purchases; credits exact to 1/1000. */
export interface UsageSums {
  /** What the vendor got. */
  spent: number
  /** What is held for purchases that have not ended. */
  reserved: number
  /** Vendor jobs that were started. */
  bought: number
  /** Of those, how many the vendor failed, and how many had their output collected. */
  failed: number
  collected: number
}

/** One group; dimensions that were not asked for are missing, a user that was not given is null. */
type UsageRow = Partial<Record<UsageDimension, string | null>> & UsageSums

export interface UsageReport {
  rows: UsageRow[]
  total: UsageSums
}

/** Credits and vendor jobs by project, user, model or day, from the entries of the ledger. */
export async function usageReport(database: Database, query: UsageQuery): Promise<UsageReport> {
  try {
    return { rows: await groups(database, query, query.by), total: await total(database, query) }
  } catch (error) {
    throw failureFromDatabase(error, 'usage')
  }
}

const COLUMNS: Record<UsageDimension, SQL> = {
  project: sql`p.project`,
  user: sql`p.user_id`,
  model: sql`p.model`,
  day: sql`to_char(p.made_at at time zone 'UTC', 'YYYY-MM-DD')`,
}

async function total(database: Database, query: UsageQuery): Promise<UsageSums> {
  const [sums] = await groups(database, query, [])
  return sums ?? { spent: 0, reserved: 0, bought: 0, failed: 0, collected: 0 }
}

async function groups(
  database: Database,
  query: UsageQuery,
  by: readonly UsageDimension[],
): Promise<UsageRow[]> {
  const columns = by.map((dimension) => sql`${COLUMNS[dimension]} as ${sql.identifier(dimension)}, `)
  const keys = sql.join(
    by.map((_, index) => sql.raw(String(index + 1))),
    sql`, `,
  )
  const { rows } = await database.execute(sql`
    with p as (
      select e.project, r.user_id, e.model, coalesce(v.started_at, v.start_intended_at, min(e.at)) as made_at,
        coalesce(sum(e.amount_millicredits) filter (where e.account = 'spent'), 0) as spent,
        coalesce(sum(e.amount_millicredits) filter (where e.account = 'reserved'), 0) as reserved,
        v.started_at is not null as bought, v.collected,
        v.started_at is not null and lower(trim(v.final_status)) = 'failed' as failed
      from ledger_entries e
        join removals r on r.id = e.removal_id
        left join vendor_jobs v on v.removal_id = e.removal_id and v.purchase = e.purchase
      group by e.removal_id, e.purchase, e.project, e.model, r.user_id,
        v.started_at, v.start_intended_at, v.final_status, v.collected
    )
    select ${sql.join(columns)} sum(spent) as spent, sum(reserved) as reserved,
      count(*) filter (where bought) as bought, count(*) filter (where failed) as failed,
      count(*) filter (where collected) as collected
    from p where ${conditions(query)}
    ${by.length === 0 ? sql`` : sql`group by ${keys} order by ${keys}`}`)
  return rows.map((row) => rowFrom(row, by))
}

function conditions({ project, user, model, since, until }: UsageQuery): SQL {
  const given = [
    sql`true`,
    ...(project === undefined ? [] : [sql`p.project = ${project}`]),
    ...(user === undefined ? [] : [sql`p.user_id = ${user}`]),
    ...(model === undefined ? [] : [sql`p.model = ${model}`]),
    ...(since === undefined ? [] : [sql`p.made_at >= ${since.toISOString()}::timestamptz`]),
    ...(until === undefined ? [] : [sql`p.made_at < ${until.toISOString()}::timestamptz`]),
  ]
  return sql.join(given, sql` and `)
}

function rowFrom(row: Record<string, unknown>, by: readonly UsageDimension[]): UsageRow {
  const dimensions = Object.fromEntries(by.map((dimension) => [dimension, row[dimension] as string | null]))
  return {
    ...dimensions,
    spent: creditsFromMillicredits(Number(row['spent'])),
    reserved: creditsFromMillicredits(Number(row['reserved'])),
    bought: Number(row['bought']),
    failed: Number(row['failed']),
    collected: Number(row['collected']),
  }
}
