/** What the fault matrix says of itself at its end. */
export interface MatrixHeadline {
  boughtPerWanted: number
  lost: number
  scenarios: number
  /** Bought per wanted of the client that repeats every error; null where it was not played. */
  naive: number | null
}

/** Reads the headline from all that a run printed. Throws where there is none. */
export function matrixHeadline(printed: string): MatrixHeadline {
  const said = /jobs bought \/ jobs wanted = ([\d.]+), removals lost = (\d+), .*scenarios (\d+)/.exec(printed)
  if (said === null) throw new Error(`the fault matrix ended without its headline: ${printed.slice(-2_000)}`)
  const naive = /a client that repeats every error: ([\d.]+)/.exec(printed)
  return {
    boughtPerWanted: Number(said[1]),
    lost: Number(said[2]),
    scenarios: Number(said[3]),
    naive: naive === null ? null : Number(naive[1]),
  }
}
