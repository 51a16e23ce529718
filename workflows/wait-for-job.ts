import { condition, sleep } from '@temporalio/workflow'
import type { FailureDocument } from '../domain/removal-document.ts'
import { checkUntil } from './check-until.ts'
import { stepFailureFrom } from './failure-kind.ts'
import { race } from './race.ts'
import type { Removal } from './removal.ts'
import { runStep } from './run-step.ts'

/** One confirming GET per this time, however many hints arrive (design §4). */
const HINT_SPACING_MS = 5_000
/** Beyond these the polls are enough: each hint costs history, and anyone may send them. */
const HINTS_PER_JOB = 20

/**
 * Waits until the vendor job has ended, however long that takes; a hint of the vendor brings the next look
 * forward. Returns the failure of a job that the vendor ended for want of credits, else null.
 */
export async function waitForJob(removal: Removal): Promise<FailureDocument | null> {
  return runStep(removal, 'processing', async () => {
    try {
      while ((await lookOrHint(removal)) === 'hint') await spaceHints(removal)
      return null
    } catch (error) {
      const failure = stepFailureFrom(error)
      // Looking again at a job that has ended would not change it: only another purchase can.
      if (failure?.document.kind === 'InsufficientCredits' && failure.jobEnded) return failure.document
      throw error
    }
  })
}

async function spaceHints(removal: Removal): Promise<void> {
  const { taken, lastAtMs } = removal.hints
  await sleep(Math.max(1, lastAtMs + HINT_SPACING_MS - Date.now()))
  removal.hints = { pending: false, taken: taken + 1, lastAtMs: Date.now() }
}

function lookOrHint(removal: Removal): Promise<'ended' | 'hint'> {
  return race<'ended' | 'hint'>([
    async () => {
      await checkUntil(removal, 'end')
      return 'ended'
    },
    async () => {
      await condition(() => removal.hints.pending && removal.hints.taken < HINTS_PER_JOB)
      return 'hint'
    },
  ])
}
