/** One line of the bench's table. */
export interface BenchRow {
  figure: string
  value: number
  unit: string
  /** What the value is held against, measured in the same run and in the same unit. */
  beside: { what: string; value: number } | null
  /** `value` over `beside`; the median of the turns' own ratios where both sides were measured in turns. */
  ratio: number | null
  aim: string | null
  /** Null where there is no aim, or where it could not be judged. */
  met: boolean | null
  note: string | null
}

export interface BenchContext {
  /** A smoke run: smaller numbers that say little. */
  quick: boolean
  /** An empty folder, removed after the run. */
  folder: string
  /** Says what is being measured. */
  progress(line: string): void
}

export type Figure = (context: BenchContext) => Promise<BenchRow[]>

/** A row with its ratio, unless that is given; what is left out is null. */
export function row(given: Pick<BenchRow, 'figure' | 'value' | 'unit'> & Partial<BenchRow>): BenchRow {
  const { beside = null, aim = null, met = null, note = null } = given
  const { figure, value, unit } = given
  const ratio = given.ratio ?? (beside === null || beside.value === 0 ? null : value / beside.value)
  return { figure, value, unit, beside, ratio, aim, met, note }
}
