import type { BenchRow } from './figure.ts'

const HEAD = ['figure', 'value', 'beside', 'ratio', 'aim', '']

/** The rows for people: columns as wide as they must be, notes at the end of a line. */
export function renderTable(rows: readonly BenchRow[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cellsOf({ figure, value, unit, beside, ratio, aim, met, note }: BenchRow): string[] {
  const verdict = met === null ? '' : met ? 'met' : 'MISSED'
  return [
    figure,
    `${shown(value)} ${unit}`,
    beside === null ? '' : `${shown(beside.value)} (${beside.what})`,
    ratio === null ? '' : ratio.toFixed(2),
    aim ?? '',
    [verdict, note ?? ''].filter((part) => part !== '').join('; '),
  ]
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1)
}
