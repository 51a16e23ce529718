import { vendorJobs } from '../../../adapters/ledger/schema.ts'
import type { UsageReport } from '../../../adapters/ledger/usage-report.ts'
import type { ReconcileReport } from '../../../domain/reconcile/reconcile-report.ts'
import { runCli } from '../../cli/support/run-cli.ts'
import { isInput } from './play.ts'
import type { Stack } from './stack.ts'

/** The vendor's own figures about everything that the scenarios bought. */
export interface Bill {
  /** Accepted starts that it bills. */
  bought: number
  /** For jobs that have ended, and for those that have not. */
  endedMillicredits: number
  runningMillicredits: number
  /** Ids of the jobs that have not ended. */
  runningJobs: string[]
  /** Ids of drafts that are in nobody's ledger: their create replies were lost, or others took their place. */
  lostDrafts: string[]
}

export async function billOf({ sandbox, database }: Stack): Promise<Bill> {
  const ours = sandbox.report().jobs.filter(({ input }) => isInput(input))
  const recorded = await database.select({ id: vendorJobs.vendorJobId }).from(vendorJobs)
  const known = new Set(recorded.map(({ id }) => id))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const billed = (...statuses: string[]) =>
    sum(ours.filter(({ status }) => statuses.includes(status)).map((job) => job.billedMillicredits))
  return {
    bought: sum(ours.map(({ purchases }) => purchases)),
    endedMillicredits: billed('completed', 'failed'),
    runningMillicredits: billed('processing'),
    runningJobs: ours.filter(({ status }) => status === 'processing').map(({ id }) => id),
    lostDrafts: ours.filter(({ id, status }) => status === 'draft' && !known.has(id)).map(({ id }) => id),
  }
}

/** `matteflow usage`, as an operator runs it. */
export function usageOf(stack: Stack): Promise<UsageReport> {
  return ask(stack, 'usage')
}

/** `matteflow reconcile`, as an operator runs it. */
export function reconciliationOf(stack: Stack): Promise<ReconcileReport> {
  // Faults that nothing has met yet are for the removals, not for whoever looks at them afterwards.
  stack.sandbox.clearFaults()
  return ask(stack, 'reconcile')
}

async function ask<Answer>({ environment }: Stack, command: string): Promise<Answer> {
  const { PATH = '' } = process.env
  const run = await runCli([command, '--json'], { environment: { PATH, ...environment } })
  if (run.exitCode !== 0) throw new Error(`${command} ended with ${run.exitCode}: ${run.stderr}`)
  return JSON.parse(run.stdout) as Answer
}
