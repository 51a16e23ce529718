import { budgetOf, budgetReport } from '../../adapters/ledger/budget-report.ts'
import { createLedger } from '../../adapters/ledger/ledger.ts'
import { millicreditsFromCredits } from '../../domain/pricing.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { plainTable } from '../terminal/plain-table.ts'
import { readNumber, readProject } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { withLedger } from '../terminal/with-ledger.ts'

export interface BudgetFlags {
  credits?: string
  json?: boolean
}

export async function runBudget(
  terminal: Terminal,
  project: string | undefined,
  { credits, json }: BudgetFlags,
): Promise<number> {
  if (credits !== undefined && project === undefined)
    throw new RemovalFailure('InvalidRequest', 'budget: expected <project> before --credits')
  // A limit for a name that no request may have would hold nobody back.
  if (project !== undefined) readProject('<project>', project)
  const limit = credits === undefined ? undefined : limitFrom(credits)
  const rows = await withLedger(terminal, async (database) => {
    if (project !== undefined && limit !== undefined)
      await createLedger(database).credits.setBudget(project, limit, new Date())
    if (project === undefined) return budgetReport(database)
    const own = await budgetOf(database, project)
    return own === undefined ? [] : [own]
  })
  if (json) terminal.json(rows)
  else if (rows.length === 0)
    terminal.say(
      project === undefined ? 'no budgets, no credits used' : `${project} has no limit, and used nothing`,
    )
  else
    terminal.result(
      plainTable(
        ['project', 'limit', 'reserved', 'spent', 'left'],
        rows.map((row) => [row.project, row.limit ?? 'none', row.reserved, row.spent, row.left]),
      ),
    )
  return 0
}

/** Millicredits; null lifts the limit. Beyond these the ledger's integers would not be exact. */
function limitFrom(credits: string): number | null {
  if (credits === 'none') return null
  return millicreditsFromCredits(readNumber('--credits', credits, { least: 0, most: 1_000_000_000_000 }))
}
