import { AssertionError } from 'node:assert'
import type { ReportedJob, SandboxReport } from '../sandbox/index.ts'

/** Throws an `AssertionError` unless the vendor has billed exactly so many jobs; the message names each of them. */
export function assertBought({ jobs, jobsBought }: SandboxReport, wanted: number): void {
  if (jobsBought === wanted) return
  const billed = jobs.filter(({ purchases }) => purchases > 0).map(named)
  throw new AssertionError({
    message: `bought ${jobsBought}, wanted ${wanted}${billed.length === 0 ? '' : `: ${billed.join(', ')}`}`,
    actual: jobsBought,
    expected: wanted,
    operator: 'assertBought',
  })
}

/**
 * Throws an `AssertionError` unless the whole output of every bought job was fetched; a job that failed at the vendor has
 * none. The message names what was left there.
 */
export function assertCollected({ jobs }: SandboxReport): void {
  const left = jobs.filter(
    ({ purchases, status, collected }) => purchases > 0 && status !== 'failed' && !collected,
  )
  if (left.length === 0) return
  throw new AssertionError({
    message: `bought and not collected: ${left.map(named).join(', ')}`,
    actual: left.map(({ id }) => id),
    expected: [],
    operator: 'assertCollected',
  })
}

function named({ id, input, status, purchases }: ReportedJob): string {
  const times = purchases === 1 ? '' : `, billed ${purchases} times`
  return `${id} (${input ?? 'from a URL'}, ${status}${times})`
}
