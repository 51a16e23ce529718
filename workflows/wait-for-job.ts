import { CancellationScope, condition, patched, sleep } from '@temporalio/workflow'
import type { CheckedJob } from '../activities/wait/check-vendor-job.ts'
import { PATCHES } from './patches.ts'
import type { RemovalRun } from './removal-run.ts'
import { admittedOf, startOver } from './removal-run.ts'

/** A vendor job that was started, and what the activities have told of it so far. */
export interface BoughtJob {
  vendorJobId: string
  job?: CheckedJob['job']
}

/** One confirming GET per this time, however many callbacks arrive. */
const CALLBACK_SPACING_MS = 5_000
/** Beyond these the polls are enough: each callback costs history, and anyone may send them. */
const CALLBACKS_PER_JOB = 20

/**
 * Waits until the vendor job has ended, however long that takes. The polls are one activity that Temporal's server
 * repeats; a callback of the vendor brings the next one forward.
 */
export async function waitForJob(run: RemovalRun, bought: BoughtJob): Promise<BoughtJob> {
  for (;;) {
    const ended = await endOrCallback(run, bought)
    if (ended === 'renewal') return startOver(run)
    if (ended !== 'callback') return { ...bought, job: ended.job }
    await spacedFromLast(run)
    run.takeCallback()
  }
}

/** Even the shortest timer of Temporal's server may take a second, so none is started for a callback that is due. */
async function spacedFromLast({ callbacks }: RemovalRun): Promise<void> {
  const pauseMs = callbacks.lastAtMs + CALLBACK_SPACING_MS - Date.now()
  if (pauseMs <= 0 && patched(PATCHES.dueCallbackIsTakenAtOnce.id)) return
  await sleep(Math.max(1, pauseMs), { summary: 'the vendor called back: one check in five seconds' })
}

function endOrCallback(run: RemovalRun, bought: BoughtJob): Promise<CheckedJob | 'callback' | 'renewal'> {
  return race<CheckedJob | 'callback' | 'renewal'>([
    () => pollUntil(run, bought, 'end'),
    async () => {
      await condition(() => run.callbacks.isPending && run.callbacks.taken < CALLBACKS_PER_JOB)
      return 'callback'
    },
    async () => {
      await condition(() => run.isRenewalAsked)
      return 'renewal'
    },
  ])
}

/**
 * Polls a job until its end, as far as the deadline allows. `watch` is the same for a parked removal, slowly and
 * without a deadline; `move` ends as well once a start in doubt shows.
 */
export async function pollUntil(
  run: RemovalRun,
  { vendorJobId, job }: BoughtJob,
  until: 'end' | 'watch' | 'move',
): Promise<CheckedJob> {
  const { durationSeconds, webhookExpected } = admittedOf(run)
  const { purchase, deadlineAtMs, callbacks } = run
  return run.activities.checkVendorJob(
    {
      ...run.of,
      purchase,
      vendorJobId,
      job,
      until,
      durationSeconds,
      webhookExpected,
      deadlineAtMs,
      isCalledBack: callbacks.taken > 0,
    },
    {
      summary: `${until === 'end' ? 'wait for' : 'watch'} vendor job ${vendorJobId}`,
      // The loser of a race may take long to notice that it lost, or hang.
      isAbandonable: true,
      ...(until === 'end' && { deadlineAtMs }),
    },
  )
}

/** The first of several to end, well or badly, ends them all: the others are cancelled and never awaited. */
export async function race<Result>(contenders: (() => Promise<Result>)[]): Promise<Result> {
  const scope = new CancellationScope()
  const running = contenders.map((contend) => scope.run(contend))
  // What a loser ends with is nobody's business any more, and must not count as an unhandled rejection.
  for (const contender of running) contender.catch(() => {})
  try {
    return await Promise.race(running)
  } finally {
    scope.cancel()
  }
}
