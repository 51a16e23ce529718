import * as faults from '../../../../sandbox/faults/builders.ts'
import type { Fault } from '../../../../sandbox/index.ts'
import type { Scenario } from '../scenario.ts'
import { NO_CREDITS, NO_KEY, OVERDUE, SERVED, served } from '../scenario.ts'
import { absurdWait, CREDIT_REFUSALS, KEY_REFUSALS, outage, passingTrouble } from './any-call.ts'

/** Looks at a bought job. Whatever they answer, the job is collected and no other is bought. */
export function statusRows(): Scenario[] {
  return [
    ...passingTrouble('status'),
    outage('status'),
    served('status is answered with half a JSON', [faults.brokenJson('status')]),
    served('status is answered without an id', [faults.withoutId('status')]),
    served('status is answered 400', [faults.answer('status', 400)]),
    served('status is answered 404 once', [faults.answer('status', 404)]),
    served('status is answered 404 for some time', [
      faults.answer('status', 404, { occurrence: { from: 1, to: 3 } }),
    ]),
    // The parked job is watched, and the next look finds it.
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

const RUNNING = { output_url: null, duration_seconds: null, error: null }

/** Those that take half a minute and more, in one mode only. */
export const SLOW_STATUS_ROWS: Scenario[] = [
  absurdWait('status'),
  served('status is answered 404 until somebody mends it', [gone()], {
    kind: 'JobNotVisible',
    exitCode: 5,
    ends: 'repaired',
  }),
  {
    name: 'the job never ends',
    faults: [faults.neverEnd()],
    request: { deadline: 8_000 },
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
    name: 'the job fails, and another model may stand in',
    faults: [faults.failJob()],
    request: { fallback: [{ model: 'light' }] },
    end: { ...SERVED, wanted: 2, bought: 2 },
  },
]

function shown(status: string, looks: number): Fault {
  return faults.show('status', { ...RUNNING, status, progress: null }, { occurrence: { from: 1, to: looks } })
}

function gone(): Fault {
  return faults.answer('status', 404, { occurrence: faults.ALWAYS })
}
