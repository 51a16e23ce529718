import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import { numberOrNull } from './row-queries.ts'

/** A project's limit and what stands against it, in credits exact to 1/1000; a project without limit has null. */
export interface BudgetRow {
  project: string
  limit: number | null
  reserved: number
  spent: number
  /** Negative when the limit was set below what was spent already. */
  left: number | null
}

/** Every project that has a limit or ever held credits. */
export function budgetReport(database: Database): Promise<BudgetRow[]> {
  return budgetsFrom(database, sql`project_balances b full join budgets l on l.project = b.project`)
}

/** One project's; undefined where it has no limit and never held credits. */
export async function budgetOf(database: Database, project: string): Promise<BudgetRow | undefined> {
  const own = sql`(select ${project}::text as project) p
    left join project_balances b on b.project = p.project
    left join budgets l on l.project = p.project
    where l.project is not null or b.project is not null`
  const [row] = await budgetsFrom(database, own)
  return row
}

async function budgetsFrom(database: Database, tables: SQL): Promise<BudgetRow[]> {
  try {
    const { rows } = await database.execute(sql`
      select coalesce(l.project, b.project) as project, l.limit_millicredits,
        coalesce(b.reserved_millicredits, 0) as reserved, coalesce(b.spent_millicredits, 0) as spent
      from ${tables}
      order by 1`)
    return rows.map(budgetFrom)
  } catch (error) {
    throw failureFromDatabase(error, 'budgets')
  }
}

function budgetFrom(row: Record<string, unknown>): BudgetRow {
  const limit = numberOrNull(row['limit_millicredits'])
  const [reserved, spent] = [Number(row['reserved']), Number(row['spent'])]
  return {
    project: String(row['project']),
    limit: limit === null ? null : creditsFromMillicredits(limit),
    reserved: creditsFromMillicredits(reserved),
    spent: creditsFromMillicredits(spent),
    left: limit === null ? null : creditsFromMillicredits(limit - reserved - spent),
  }
}
