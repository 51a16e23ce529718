import { visibleText } from '../../domain/visible-text.ts'

/** What a cell may hold; null is an empty one. */
export type Cell = string | number | null

/** Columns side by side without lines; numbers stand right. */
export function plainTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const columns = head.map((name, index) => {
    const cells = rows.map((row) => row[index] ?? null)
    const isNumeric = cells.some((cell) => typeof cell === 'number')
    const texts = [name, ...cells.map((cell) => (cell === null ? '' : visibleText(String(cell))))]
    const width = Math.max(...texts.map((text) => text.length))
    return texts.map((text) => (isNumeric ? text.padStart(width) : text.padEnd(width)))
  })
  const lines = [head, ...rows].map((_, line) =>
    columns
      .map((column) => column[line] ?? '')
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}
