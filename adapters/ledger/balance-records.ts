import { eq, sql } from 'drizzle-orm'
import type { Database } from './open-database.ts'
import { numberOrNull } from './row-queries.ts'
import type { Purchase } from './rows.ts'
import { budgets } from './schema.ts'

/** The balances of a project, in millicredits: what is held for purchases, and what the vendor got. */
export interface ProjectBalance {
  reservedMillicredits: number
  spentMillicredits: number
  /** Null where the project has no budget. */
  limitMillicredits: number | null
}

/** What projects hold, have spent and may spend. */
export interface Balances {
  balance(project: string): Promise<ProjectBalance>
  /** Projects whose kept balance is not the sum of their entries: none, unless somebody reached past the ledger. */
  wrongBalances(): Promise<string[]>
  /** Sets what a project may hold and spend in all; null lifts the limit. */
  setBudget(project: string, limitMillicredits: number | null, changedAt: Date): Promise<void>
}

/** Those of one database. */
export function balanceRecords(database: Database): Balances {
  return {
    async balance(project: string): Promise<ProjectBalance> {
      const { isClosed: _isClosed, ...balance } = await balanceOf(database, project, null)
      return balance
    },

    async wrongBalances(): Promise<string[]> {
      const { rows } = await database.execute<{ project: string }>(sql`
        with sums as (
          select project,
            coalesce(sum(amount_millicredits) filter (where account = 'reserved'), 0) as reserved,
            coalesce(sum(amount_millicredits) filter (where account = 'spent'), 0) as spent
          from ledger_entries group by project
        )
        select coalesce(s.project, b.project) as project
        from sums s full join project_balances b on b.project = s.project
        where coalesce(s.reserved, 0) <> coalesce(b.reserved_millicredits, 0)
          or coalesce(s.spent, 0) <> coalesce(b.spent_millicredits, 0)
        order by 1`)
      return rows.map(({ project }) => project)
    },

    async setBudget(project: string, limitMillicredits: number | null, changedAt: Date): Promise<void> {
      if (limitMillicredits === null) {
        await database.delete(budgets).where(eq(budgets.project, project))
        return
      }
      await database
        .insert(budgets)
        .values({ project, limitMillicredits, changedAt })
        .onConflictDoUpdate({ target: budgets.project, set: { limitMillicredits, changedAt } })
    },
  }
}

/** The balance of a project, and in the same breath whether a purchase was closed before. */
export async function balanceOf(
  transaction: Pick<Database, 'execute'>,
  project: string,
  purchase: Purchase | null,
): Promise<ProjectBalance & { isClosed: boolean }> {
  const { rows } = await transaction.execute(sql`
    select b.reserved_millicredits, b.spent_millicredits, l.limit_millicredits,
      exists (select from ledger_entries where removal_id = ${purchase?.removalId ?? null}
        and purchase = ${purchase?.purchase ?? null} and kind <> 'reserve') as is_closed
    from (select ${project}::text as project) p
      left join project_balances b on b.project = p.project
      left join budgets l on l.project = p.project`)
  const [row = {}] = rows
  return {
    reservedMillicredits: Number(row['reserved_millicredits'] ?? 0),
    spentMillicredits: Number(row['spent_millicredits'] ?? 0),
    limitMillicredits: numberOrNull(row['limit_millicredits']),
    isClosed: row['is_closed'] === true,
  }
}
