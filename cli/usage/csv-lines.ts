import type { Cell } from '../terminal/plain-table.ts'

/** Rows as CSV (RFC 4180, with plain line ends); null is an empty field. */
export function csvLines(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => row.map(fieldOf).join(',')).join('\n')
}

function fieldOf(cell: Cell): string {
  if (cell === null) return ''
  const text = String(cell)
  // A spreadsheet would run what begins like a formula; numbers are ours, texts are the callers'.
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
