import * as faults from '../../../../sandbox/faults/builders.ts'
import type { Fault } from '../../../../sandbox/index.ts'
import type { Park, Scenario } from '../scenario.ts'
import { JOB_FAILED, NO_CREDITS, NO_KEY, OVERDUE, SERVED, served } from '../scenario.ts'
import { CREDIT_REFUSALS, KEY_REFUSALS, longWaits, outage, passingTrouble } from './any-call.ts'

/** The clip is two seconds long: one job of the default model costs 2 credits, two cost 4. */
const ONE_JOB_CREDITS = 3

/** Looks at a bought job. Whatever they answer, the job is collected and no other is bought. */
export function statusRows(): Scenario[] {
  return [
    ...looks(),
    ...longWaits('status'),
    outage('status'),
    served('status is answered 404 for some time', [gone({ from: 1, to: 3 })]),
  ]
}

/**
 * The same after a start that got no definite answer. A status check that fails until the doubt window and the budget are over
 * leaves the start open: a person is asked, and meanwhile the job is checked.
 */
export function statusRowsOfStartsInDoubt(): Scenario[] {
  const answered: Park = { kind: 'UnknownOutcome', exitCode: 5, ends: 'repaired as started' }
  return [
    ...looks(),
    // A rate limit is a definite no, and says when to ask again: nobody is asked.
    ...longWaits('status'),
    {
      ...served(
        'status is answered 502 until somebody mends it',
        [faults.answerHtml('status', 502, { occurrence: faults.ALWAYS })],
        answered,
      ),
      isAsleep: true,
    },
    served('status is answered 404 for longer than the doubt window', [gone()], answered),
  ]
}

function looks(): Scenario[] {
  return [
    ...passingTrouble('status'),
    served('status is answered with half a JSON', [faults.brokenJson('status')]),
    served('status is answered without an id', [faults.withoutId('status')]),
    served('status is answered 400', [faults.answer('status', 400)]),
    served('status is answered 404 once', [faults.answer('status', 404)]),
    // The parked job is checked, and the next check finds it.
    ...KEY_REFUSALS.map(([what, fault]) =>
      served(`status ${what}`, [fault('status')], { ...NO_KEY, ends: 'itself' }),
    ),
    ...CREDIT_REFUSALS.map(([what, fault]) =>
      served(`status ${what}`, [fault('status')], { ...NO_CREDITS, ends: 'itself' }),
    ),
    served('status shows a state that is not in the contract', [shown('queued_v2', 3)]),
    served('status stays pending for long after the start', [shown('pending', 4)]),
    served(
      'status shows progress that goes back',
      [80, 30, 55].map((progress, look) =>
        faults.show('status', { ...RUNNING, status: 'processing', progress }, { occurrence: look + 1 }),
      ),
    ),
  ]
}

/** Time enough for a busy machine to buy it first. */
const NEVER_ENDS_MS = 100_000
const RUNNING = { output_url: null, duration_seconds: null, error: null }

/** What becomes of a job that is bought, whatever the mode: it is lost from sight, never ends, or fails. */
export const FATE_ROWS: Scenario[] = [
  {
    ...served('status is answered 404 until somebody mends it', [gone()], {
      kind: 'JobNotVisible',
      exitCode: 5,
      ends: 'repaired',
    }),
    isAsleep: true,
  },
  {
    name: 'the job never ends',
    faults: [faults.neverEnd()],
    request: { deadline: NEVER_ENDS_MS },
    isAsleep: true,
    parks: [{ kind: 'DeadlineExceeded', exitCode: 5, ends: 'never' }],
    end: OVERDUE,
  },
  {
    name: 'the job fails for want of credits, and is bought again when there are some',
    faults: [faults.failJob({ code: 'insufficient_credits', message: 'Not enough credits' })],
    parks: [NO_CREDITS],
    end: { ...SERVED, wanted: 2, bought: 2 },
  },
  {
    name: 'the job fails for want of credits, and another one would go beyond maxCredits',
    faults: [faults.failJob({ code: 'insufficient_credits', message: 'Not enough credits' })],
    request: { maxCredits: ONE_JOB_CREDITS },
    parks: [{ ...NO_CREDITS, ends: 'refused' }],
    end: { ...JOB_FAILED, state: 'parked', kind: 'InsufficientCredits', exitCode: 3 },
  },
  ...[400, 422].map((status) => ({
    name: `the job fails, and the create of another model is answered ${status}`,
    faults: [faults.failJob(), faults.answer('create', status, { occurrence: 2 })],
    request: { fallback: [{ model: 'light' as const }] },
    end: JOB_FAILED,
  })),
  {
    name: 'the job fails, and another model may stand in',
    faults: [faults.failJob()],
    request: { fallback: [{ model: 'light' }] },
    end: { ...SERVED, wanted: 2, bought: 2 },
  },
]

function shown(status: string, looks: number): Fault {
  return faults.show('status', { ...RUNNING, status, progress: null }, { occurrence: { from: 1, to: looks } })
}

function gone(occurrence: NonNullable<Fault['occurrence']> = faults.ALWAYS): Fault {
  return faults.answer('status', 404, { occurrence })
}
