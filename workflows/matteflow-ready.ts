import { ApplicationFailure } from '@temporalio/common'
import { isCancellation, workflowInfo } from '@temporalio/workflow'
import { encodeFailure } from '../domain/failure-codec.ts'
import { DEFAULT_POLICY_SETTINGS } from '../domain/policies.ts'
import type { ReadyReport, ReadyStep, ReadyStepName } from '../domain/readiness.ts'
import type { RemovalFailure } from '../domain/removal-failure.ts'
import { readinessUnder, stepFailureFrom } from './activities.ts'

/**
 * Whether the worker that runs this could take removals: goes a removal's way from the ledger by the storage to a draft at
 * the vendor, which costs nothing and is recorded, and replays what is unfinished with its workflow code. It never starts
 * a job. As the gate of a rolling deployment it is run on the workers of the new version.
 *
 * @returns how each step went; fails with the kind of the first that failed, and the whole report in its details
 */
export async function matteflowReady(): Promise<ReadyReport> {
  const { workflowId, runId } = workflowInfo()
  const { checkLedger, checkStorage, makeReadyDraft, replayOpen } = readinessUnder(DEFAULT_POLICY_SETTINGS)
  const steps: ReadyStep[] = []
  const failures: RemovalFailure[] = []
  let draft: ReadyReport['draft'] = null

  const tried = async (step: ReadyStepName, work: () => Promise<string>): Promise<boolean> => {
    try {
      steps.push({ ...BLANK, step, outcome: 'passed', seen: await work() })
      return true
    } catch (error) {
      const failure = isCancellation(error) ? undefined : stepFailureFrom(error)?.failure
      if (failure === undefined) throw error
      failures.push(failure)
      const { kind, message, hint } = failure.toDocument()
      steps.push({ ...BLANK, step, outcome: 'failed', kind, problem: message, fix: hint })
      return false
    }
  }

  const hasLedger = await tried('ledger', async () => {
    await checkLedger(undefined, { summary: 'write what a removal writes, and take it back' })
    return 'takes what a removal writes'
  })
  await tried('storage', async () => {
    await checkStorage(undefined, { summary: 'write, read, list and remove' })
    return 'takes, lists and gives back objects'
  })
  // What is made at the vendor has to be recorded.
  if (hasLedger)
    await tried('vendor', async () => {
      const checkId = `${workflowId}/${runId}`
      const { vendorJobId, keyAlias } = await makeReadyDraft(
        { checkId },
        { summary: 'upload a clip of a second and make a draft, which costs nothing' },
      )
      draft = { vendorJobId, keyAlias }
      return `took an upload and made the draft ${vendorJobId}, which costs nothing`
    })
  else steps.push({ ...BLANK, step: 'vendor', outcome: 'skipped' })
  await tried('replay', async () => {
    const found = await replayOpen(undefined, { summary: 'replay what is unfinished' })
    if (found === null) return 'not looked at: payloads have a codec of the worker’s own'
    const { open, replays, unreadable } = found
    return `${replays} of ${open} open histories replay${unreadable === 0 ? '' : `, ${unreadable} cannot be read`}`
  })

  const report: ReadyReport = { steps, draft }
  const [first] = failures
  if (first === undefined) return report
  const { details, ...encoded } = encodeFailure(first)
  throw ApplicationFailure.create({
    ...encoded,
    message: `not ready: ${steps.flatMap(({ step, outcome, problem }) => (outcome === 'failed' ? [`${step}: ${problem ?? ''}`] : [])).join('; ')}`,
    details: [...details, report],
    nonRetryable: true,
  })
}

const BLANK = { seen: null, kind: null, problem: null, fix: null } as const
