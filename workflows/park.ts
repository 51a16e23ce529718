import { condition, isCancellation, sleep } from '@temporalio/workflow'
import { ruleOf } from '../domain/failures.ts'
import { wakeDelayMs } from '../domain/policies.ts'
import type { FailureDocument } from '../domain/removal-document.ts'
import { checkUntil } from './check-until.ts'
import type { ResumeRequest } from './messages.ts'
import { race } from './race.ts'
import type { Removal } from './removal.ts'
import { renewHistory } from './renew-history.ts'

/** Whether a failure of this removal stops and waits instead of ending it. Source: interface.md §4. */
export function parks({ kind }: FailureDocument, removal: Removal): boolean {
  const rule = ruleOf(kind).parks
  return rule === 'at-once' || rule === 'after-budget' || (rule === 'after-start' && removal.start !== 'none')
}

/** What ended a park: a person, the clock, or the vendor job itself. */
export type Unparked =
  | { by: 'person'; resume: ResumeRequest; parkedAtMs: number }
  | { by: 'time' }
  | { by: 'vendor' }

/**
 * Shows why the removal stands still and waits for whoever can mend it. A job that was started, or may have
 * been, is watched meanwhile; outages wake by themselves. The deadline's clock stands.
 */
export async function park(
  removal: Removal,
  failure: FailureDocument,
  { jobEnded = false } = {},
): Promise<Unparked> {
  await renewHistory(removal)
  const parkedAtMs = Date.now()
  const watched = jobEnded ? [] : watch(removal)
  removal.parks += 1
  removal.resumed = null
  removal.showParked(failure)
  removal.enter('parked')
  const unparked = await race([() => person(removal, parkedAtMs), ...wakeUp(removal, failure), ...watched])
  removal.resumed = null
  removal.showParked(null)
  removal.deadlineAtMs =
    ruleOf(failure.kind).wakes === 'person'
      ? freshDeadline(removal)
      : removal.deadlineAtMs + (Date.now() - parkedAtMs)
  return unparked
}

async function person(removal: Removal, parkedAtMs: number): Promise<Unparked> {
  await condition(() => removal.resumed !== null)
  return { by: 'person', resume: removal.resumed ?? {}, parkedAtMs }
}

function wakeUp(removal: Removal, { kind }: FailureDocument): (() => Promise<Unparked>)[] {
  const settings = removal.admitted?.settings
  if (ruleOf(kind).wakes !== 'time') return []
  return [
    async () => {
      await sleep(settings === undefined ? UNADMITTED_WAKE_MS : wakeDelayMs(removal.parks - 1, settings))
      return { by: 'time' }
    },
  ]
}

/** Before admission the deployment's own settings are not known yet. */
const UNADMITTED_WAKE_MS = 60_000

function watch(removal: Removal): (() => Promise<Unparked>)[] {
  // A job that has ended is not watched: looking at it would un-park at once, only to fail again.
  if (removal.start === 'none' || removal.state === 'retrieving') return []
  return [
    async () => {
      try {
        await checkUntil(removal, removal.start === 'unclear' ? 'move' : 'watch')
      } catch (error) {
        // The watch also ends when the job failed: the step that goes on meets that failure again.
        if (isCancellation(error)) throw error
      }
      return { by: 'vendor' }
    },
  ]
}

function freshDeadline(removal: Removal): number {
  return removal.admitted === null ? Number.POSITIVE_INFINITY : Date.now() + removal.admitted.deadlineMs
}
