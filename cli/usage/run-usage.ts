import type {
  UsageDimension,
  UsageQuery,
  UsageReport,
  UsageSums,
} from '../../adapters/ledger/usage-report.ts'
import { USAGE_DIMENSIONS, usageReport } from '../../adapters/ledger/usage-report.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Model } from '../../domain/request-values.ts'
import type { Cell } from '../terminal/plain-table.ts'
import { plainTable } from '../terminal/plain-table.ts'
import { readMoment } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { withLedger } from '../terminal/with-ledger.ts'

export interface UsageFlags {
  project?: string
  user?: string
  model?: Model
  since?: string
  until?: string
  by: string
  json?: boolean
  csv?: boolean
}

const SUMS: (keyof UsageSums)[] = ['spent', 'reserved', 'bought', 'failed', 'collected']

export async function runUsage(terminal: Terminal, flags: UsageFlags): Promise<number> {
  const query = queryFrom(flags)
  const report = await withLedger(terminal, (database) => usageReport(database, query))
  if (flags.json) terminal.json({ unit: 'credit', ...report })
  else if (flags.csv) terminal.verbatim(csvLines([...query.by, ...SUMS], cellsOf(report, query.by)))
  else terminal.result(tableOf(report, query.by))
  return 0
}

function queryFrom({ project, user, model, since, until, by }: UsageFlags): UsageQuery {
  return {
    by: dimensionsFrom(by),
    ...(project === undefined ? {} : { project }),
    ...(user === undefined ? {} : { user }),
    ...(model === undefined ? {} : { model }),
    ...(since === undefined ? {} : { since: readMoment('--since', since) }),
    ...(until === undefined ? {} : { until: readMoment('--until', until) }),
  }
}

function dimensionsFrom(text: string): UsageDimension[] {
  const names = text.split(',').map((name) => name.trim())
  const known = names.filter((name): name is UsageDimension =>
    (USAGE_DIMENSIONS as readonly string[]).includes(name),
  )
  if (known.length === names.length && new Set(names).size === names.length) return known
  throw new RemovalFailure(
    'InvalidRequest',
    `--by: expected each at most once of ${USAGE_DIMENSIONS.join(',')}, not ${text.slice(0, 80)}`,
  )
}

function cellsOf({ rows }: UsageReport, by: readonly UsageDimension[]): Cell[][] {
  return rows.map((row) => [...by.map((dimension) => row[dimension] ?? null), ...SUMS.map((sum) => row[sum])])
}

function tableOf(report: UsageReport, by: readonly UsageDimension[]): string {
  const total = [
    ...by.map((_, index) => (index === 0 ? 'total' : null)),
    ...SUMS.map((sum) => report.total[sum]),
  ]
  return plainTable([...by, ...SUMS], [...cellsOf(report, by), total])
}

/** Rows as CSV (RFC 4180, with plain line ends); null is an empty field. */
function csvLines(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => row.map(fieldOf).join(',')).join('\n')
}

function fieldOf(cell: Cell): string {
  if (cell === null) return ''
  const text = String(cell)
  // A spreadsheet would run what begins like a formula; numbers are ours, texts are the callers'.
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
