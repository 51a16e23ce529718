import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outcome } from './outcome.ts'
import type { End } from './scenario.ts'

/** What was wanted, written in the scenarios, and what the vendor counted; removals lost are paid and not collected. */
export interface Tally {
  wanted: number
  bought: number
  lost: number
  /** Outputs that were right, and were refused. */
  refusedThoughRight: number
  scenarios: number
}

export function createTally(): Tally {
  return { wanted: 0, bought: 0, lost: 0, refusedThoughRight: 0, scenarios: 0 }
}

/** Counts one scenario, before anything about it is judged; without an outcome it never ended, which is a loss. */
export function count(
  tally: Tally,
  end: End,
  outcome: Pick<Outcome, 'bought' | 'collected' | 'kind'> | null,
): void {
  tally.scenarios += 1
  tally.wanted += end.wanted
  tally.bought += outcome?.bought ?? 0
  if (end.kind !== 'OutputInvalid' && outcome?.kind === 'OutputInvalid') tally.refusedThoughRight += 1
  tally.lost += Math.max(0, end.collected - (outcome?.collected ?? 0))
}

/** What the whole matrix says of itself; the bench reads it. */
export function headlineOf(tally: Tally, naive: Tally, seed: number): string[] {
  return [
    `jobs bought / jobs wanted = ${ratio(tally)}, removals lost = ${tally.lost}, refused though right = ${tally.refusedThoughRight}, scenarios ${tally.scenarios}`,
    `a client that repeats every error: ${ratio(naive)}; pairs of faults drawn with MATRIX_SEED=${seed}`,
  ]
}

function ratio({ bought, wanted }: Pick<Tally, 'bought' | 'wanted'>): string {
  return (bought / wanted).toFixed(3)
}

/** Leaves some lines for the end of `npm test`, where it is run by that. */
export async function writeHeadline(name: string, lines: readonly string[]): Promise<void> {
  const folder = process.env['TEST_HEADLINES']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.txt`), `${lines.join('\n')}\n`)
}
