import type { ApplicationFailure } from '@temporalio/common'
import {
  CancellationScope,
  ContinueAsNew,
  condition,
  isCancellation,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import { isWithinLimit } from '../domain/credit-limit.ts'
import { ruleOf } from '../domain/failures.ts'
import type { ParkEnd } from '../domain/park-record.ts'
import { wakeDelayMs } from '../domain/policies.ts'
import { creditsFromMillicredits } from '../domain/pricing.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { asThrowable } from './activities.ts'
import type { ResumeRequest } from './messages.ts'
import { PATCHES } from './patches.ts'
import { isObject, readResume } from './read-arguments.ts'
import type { NextPurchase, RemovalRun } from './removal-run.ts'
import { startOver } from './removal-run.ts'
import { pollUntil, race } from './wait-for-job.ts'

/** What ended a park: a person, the clock, or the vendor job itself. */
export type Unparked = { by: 'person'; resume: ResumeRequest } | { by: 'time' } | { by: 'vendor' }
/** A new run is wanted, which parks again for what is not mended. */
interface Renewal {
  by: 'renewal'
}
/** An end that is not written down by then is written by nobody: a new run cannot wait for a ledger that is away. */
const RENEWAL_RECORD_MS = 10_000

/** Before admission the deployment's own settings are not known yet. */
const UNADMITTED_WAKE_MS = 60_000

/**
 * Shows why the removal stands still, and waits for the person, the time or the vendor that can mend it. A job that was started, or may have been, is
 * checked meanwhile; outages wake by themselves. The deadline's clock stands while a person is needed. `next` is what
 * a resume would buy.
 */
export async function park(
  run: RemovalRun,
  failure: RemovalFailure,
  next: NextPurchase | null = null,
): Promise<Unparked> {
  // A removal may be parked and woken without end, and its history may not grow without end.
  if (workflowInfo().continueAsNewSuggested) await startOver(run)
  const parkedAtMs = Date.now()
  const checks = checkMeanwhile(run, next)
  run.park(failure, next)
  const isRecorded = patched(PATCHES.parksAreRecorded.id)
  if (isRecorded) void record(run, { failure, parkedAtMs, end: null })
  try {
    const unparked = await race<Unparked | Renewal>([
      () => person(run),
      () => renewal(run),
      ...wakeUp(run, failure),
      ...checks,
    ])
    const end = { by: unparked.by, resume: unparked.by === 'person' ? unparked.resume : null }
    const recorded = isRecorded && record(run, { failure, parkedAtMs, end })
    if (unparked.by === 'renewal') {
      await Promise.race([recorded, sleep(RENEWAL_RECORD_MS)])
      run.unpark(deadlineOfRenewed(run, failure, parkedAtMs), run.answer)
      return await startOver(run)
    }
    run.unpark(deadlineAfter(run, failure, parkedAtMs), answerAfter(run, unparked, parkedAtMs))
    return unparked
  } catch (error) {
    if (isRecorded && !(error instanceof ContinueAsNew))
      void record(run, { failure, parkedAtMs, end: { by: 'cancel', resume: run.cancelNote } })
    throw error
  }
}

async function person(run: RemovalRun): Promise<Unparked> {
  await condition(() => run.resumed !== null)
  return { by: 'person', resume: run.resumed ?? {} }
}

async function renewal(run: RemovalRun): Promise<Renewal> {
  await condition(() => run.isRenewalAsked)
  return { by: 'renewal' }
}

function wakeUp(run: RemovalRun, { kind }: RemovalFailure): (() => Promise<Unparked>)[] {
  if (ruleOf(kind).wakes !== 'time') return []
  return [
    async () => {
      await sleep(
        run.admitted === null ? UNADMITTED_WAKE_MS : wakeDelayMs(run.parks - 1, run.admitted.settings),
        { summary: `try again after ${kind}` },
      )
      return { by: 'time' }
    },
  ]
}

function checkMeanwhile(run: RemovalRun, next: NextPurchase | null): (() => Promise<Unparked>)[] {
  const { start, state, vendorJobId } = run
  // A job that has ended is not checked: a poll of it would un-park at once, only to fail again.
  if (next !== null || start === 'none' || state === 'retrieving') return []
  // A run that only records an end was not admitted.
  if (vendorJobId === null || run.admitted === null) return []
  return [
    async () => {
      try {
        await pollUntil(run, { vendorJobId }, start === 'in-doubt' ? 'move' : 'watch')
      } catch (error) {
        // The checks also end when the job failed: the step that goes on meets that failure again.
        if (isCancellation(error)) throw error
      }
      return { by: 'vendor' }
    },
  ]
}

/** A person who was needed grants a fresh deadline; an outage only stops its clock. */
function deadlineAfter(run: RemovalRun, { kind }: RemovalFailure, parkedAtMs: number): number {
  if (ruleOf(kind).wakes !== 'person') return run.deadlineAtMs + (Date.now() - parkedAtMs)
  const { admitted, ending } = run
  return admitted === null || ending !== null ? Number.POSITIVE_INFINITY : Date.now() + admitted.deadlineMs
}

/** Nobody has mended anything: only what would end a removal before its start is granted. */
function deadlineOfRenewed(run: RemovalRun, failure: RemovalFailure, parkedAtMs: number): number {
  const isOverdue = run.start !== 'none' && ruleOf(failure.kind).wakes === 'person'
  return isOverdue ? run.deadlineAtMs : deadlineAfter(run, failure, parkedAtMs)
}

/**
 * The answer that the next start is to hear. Numbered by the second of its park, so that it counts after a workflow
 * reset as well, which counts parks anew. A job that moved while an answer waited for the ledger was started, whatever
 * the answer said.
 */
function answerAfter(run: RemovalRun, unparked: Unparked, parkedAtMs: number): RemovalRun['answer'] {
  if (unparked.by === 'person' && unparked.resume.as !== undefined)
    return { number: Math.floor(parkedAtMs / 1_000), as: unparked.resume.as }
  return unparked.by === 'vendor' ? null : run.answer
}

interface ParkToRecord {
  failure: RemovalFailure
  parkedAtMs: number
  end: Omit<ParkEnd, 'atMs'> | null
}

/** Beside the wait, and never holding it up: a ledger that is away is often why the removal is parked. */
function record(run: RemovalRun, { failure, parkedAtMs, end }: ParkToRecord): Promise<void> {
  const { kind, message } = failure
  const summary = end === null ? `record the park for ${kind}` : `record the end of the park for ${kind}`
  const ended = end && { ...end, atMs: Date.now() }
  const park = { purchase: run.purchase, kind, message, parkedAtMs, end: ended }
  return CancellationScope.nonCancellable(() =>
    run.activities.recordPark({ ...run.of, park }, { summary }),
  ).then(
    () => {},
    () => {},
  )
}

const LONGEST = { by: 256, note: 1_000 } as const

/** Throws unless a removal can be resumed as asked. Not async: validators of updates are called without await. */
export function refuseResume(run: RemovalRun, given: unknown): void {
  const { id, state, parkedFor, resumed, nextPurchase } = run
  if (!isObject(given))
    throw refusal(id, 'resume: expected an object, with as, maxCredits, by and note or none')
  const asked = readResume(given)
  if (parkedFor === null || resumed !== null)
    throw refusal(id, `removal ${id} is not parked (${state}), nothing to resume`)
  if (asked.as !== undefined && !['started', 'not-started'].includes(asked.as))
    throw refusal(id, 'as: expected started or not-started')
  if (parkedFor.kind === 'UnknownOutcome' && asked.as === undefined)
    throw refusal(id, `removal ${id} needs an answer: resume it as started or as not-started`)
  if (parkedFor.kind !== 'UnknownOutcome' && asked.as !== undefined)
    throw refusal(
      id,
      `removal ${id} is parked for ${parkedFor.kind}, which is no question: resume it without "as"`,
    )
  if (asked.maxCredits !== undefined && !(Number.isFinite(asked.maxCredits) && asked.maxCredits > 0))
    throw refusal(id, `maxCredits: expected credits above 0, not ${String(asked.maxCredits)}`)
  for (const field of ['by', 'note'] as const)
    if (typeof (asked[field] ?? '') !== 'string' || (asked[field]?.length ?? 0) > LONGEST[field])
      throw refusal(id, `${field}: expected text of at most ${LONGEST[field]} characters`)
  if (nextPurchase !== null) refuseBeyondLimit(id, nextPurchase, asked.maxCredits)
}

/** A resume that would buy again stays within the same limit as every other purchase. */
function refuseBeyondLimit(id: string, next: NextPurchase, raisedTo: number | undefined): void {
  const maxCredits = raisedTo ?? next.maxCredits
  if (isWithinLimit({ ...next, maxCredits })) return
  const { spentMillicredits, nextMillicredits } = next
  const needed = creditsFromMillicredits(spentMillicredits + (nextMillicredits ?? 0))
  throw asThrowable(
    new RemovalFailure(
      'BudgetExceeded',
      `removal ${id} would buy another vendor job, ${needed} credits in all, and maxCredits allows ${maxCredits}`,
      {
        removalId: id,
        hint: `It stays parked. To allow it, run \`matteflow resume ${id} --max-credits ${needed}\`.`,
      },
    ),
  )
}

function refusal(removalId: string, message: string): ApplicationFailure {
  return asThrowable(new RemovalFailure('InvalidRequest', message, { removalId }))
}
