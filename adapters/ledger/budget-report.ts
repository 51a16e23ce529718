import { sql } from 'drizzle-orm'
import { creditsFromMillicredits } from '../../domain/pricing.ts'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import { numberOrNull } from './rows.ts'

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
export async function budgetReport(database: Database): Promise<BudgetRow[]> {
  try {
    const { rows } = await database.execute(sql`
      select coalesce(l.project, b.project) as project, l.limit_millicredits,
        coalesce(b.reserved_millicredits, 0) as reserved, coalesce(b.spent_millicredits, 0) as spent
      from project_balances b full join budgets l on l.project = b.project
      order by 1`)
    return rows.map(budgetFrom)
  } catch (error) {
    throw failureFromDatabase(error, 'budgets')
  }
}

/** The credits that a project may still spend; null where it has no limit. */
export async function budgetLeft(database: Database, project: string): Promise<number | null> {
  try {
    const { rows } = await database.execute(sql`
      select l.project, l.limit_millicredits,
        coalesce(b.reserved_millicredits, 0) as reserved, coalesce(b.spent_millicredits, 0) as spent
      from budgets l left join project_balances b on l.project = b.project
      where l.project = ${project}`)
    return rows[0] === undefined ? null : budgetFrom(rows[0]).left
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
