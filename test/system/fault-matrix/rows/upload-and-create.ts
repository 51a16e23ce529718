import * as faults from '../../../../sandbox/faults/builders.ts'
import type { Fault } from '../../../../sandbox/index.ts'
import type { Scenario } from '../scenario.ts'
import { NO_CREDITS, NO_KEY, REFUSED, served } from '../scenario.ts'
import { CREDIT_REFUSALS, KEY_REFUSALS, longWaits, outage, passingTrouble } from './any-call.ts'

/** The two calls before the money: repeated until they are through, at worst leaving a file or a draft behind. */
export const UPLOAD_AND_CREATE_ROWS: Scenario[] = [
  ...(['upload', 'create'] as const).flatMap((route) => [
    ...passingTrouble(route),
    ...longWaits(route),
    outage(route),
    served(`${route} is answered with half a JSON`, [faults.brokenJson(route)]),
    served(`${route} is answered 404`, [faults.answer(route, 404)]),
    ...KEY_REFUSALS.map(([what, fault]) => served(`${route} ${what}`, [fault(route)], NO_KEY)),
    ...CREDIT_REFUSALS.map(([what, fault]) => served(`${route} ${what}`, [fault(route)], NO_CREDITS)),
    ...[400, 422].map((status) => ({
      name: `${route} is answered ${status}`,
      faults: [faults.answer(route, status)],
      end: REFUSED,
    })),
  ]),
  served('upload is answered without a URL', [without('upload', ['video_url'])]),
  served('create is answered without an id', [faults.withoutId('create')]),
  served('a draft without a status is not visible just after its creation', [
    without('create', ['status']),
    faults.answer('status', 404),
  ]),
]

function without(route: 'upload' | 'create', omit: string[]): Fault {
  return { route, action: { type: 'change', omit } }
}
