import * as faults from '../../../../sandbox/faults/builders.ts'
import type { Fault, StartModes } from '../../../../sandbox/index.ts'
import { LATE_MS } from '../modes.ts'
import type { Scenario } from '../scenario.ts'
import { JOB_FAILED, NO_CREDITS, NO_KEY, REFUSED, served, WAS_NOT_STARTED } from '../scenario.ts'
import { CREDIT_REFUSALS, KEY_REFUSALS, longWaits, rateLimits } from './any-call.ts'

/** The call that spends. Where a draft looks like a running job, a start that did nothing is a question for a person. */
export function startRows({ draftShownAs }: Pick<StartModes, 'draftShownAs'>): Scenario[] {
  const asks = draftShownAs === 'pending' ? [WAS_NOT_STARTED] : []
  return [
    ...carriedOut().map(([what, fault]) => served(`start ${what}`, [fault])),
    ...notCarriedOut().map(([what, fault]) => served(`start ${what}`, [fault], ...asks)),
    ...rateLimits('start').map(([what, fault]) => served(`start ${what}`, [fault])),
    ...longWaits('start'),
    ...KEY_REFUSALS.map(([what, fault]) => served(`start ${what}`, [fault('start')], NO_KEY)),
    ...CREDIT_REFUSALS.map(([what, fault]) => served(`start ${what}`, [fault('start')], NO_CREDITS)),
    ...[400, 422].map((status) => ({
      name: `start is answered ${status}`,
      faults: [faults.answer('start', status)],
      end: REFUSED,
    })),
    served(
      'start and its repeat are answered 502',
      [faults.answerHtml('start', 502, { occurrence: { from: 1, to: asks.length > 0 ? 1 : 2 } })],
      WAS_NOT_STARTED,
    ),
    served(
      'start is reset, and its repeat refused for the key',
      [faults.resetBefore('start'), faults.answer('start', 401, { occurrence: 2 })],
      // The repeat is given back: what has to be mended is the key, and nothing is a question.
      ...asks,
      NO_KEY,
    ),
    served(
      'start is reset, and its repeat refused for too many requests',
      [faults.resetBefore('start'), faults.answer('start', 429, { occurrence: 2 })],
      ...asks,
    ),
    served(
      'start is reset, and its repeat refused for want of credits',
      [faults.resetBefore('start'), faults.answer('start', 402, { occurrence: 2 })],
      ...asks,
      NO_CREDITS,
    ),
    served(
      'start is reset before acceptance, the reply to its repeat lost',
      [faults.resetBefore('start'), faults.loseReply('start', { occurrence: 2 })],
      ...asks,
    ),
    served('start is lost, and so are the first looks', [
      faults.loseReply('start'),
      faults.answerHtml('status', 503, { occurrence: { from: 1, to: 2 } }),
    ]),
    { name: 'start is accepted and the job fails', faults: [faults.failJob()], end: JOB_FAILED },
  ]
}

/** Accepted and billed; only the answer went wrong. A client that repeats these buys twice. */
export function carriedOut(): [string, Fault][] {
  return [
    ['is reset after acceptance', faults.loseReply('start')],
    ['hangs after acceptance', faults.hang('start', { when: 'after' })],
    ...[500, 502, 503].map((status): [string, Fault] => [
      `is answered ${status} with HTML after acceptance`,
      faults.answerHtml('start', status, { when: 'after' }),
    ]),
    ['is answered 404 after acceptance', faults.answer('start', 404, { when: 'after' })],
    ['is executed after its 504', faults.executeLater('start', { afterMs: LATE_MS })],
    ['is answered with HTML under a 200', faults.notJson('start')],
    ['is answered with half a JSON', faults.brokenJson('start')],
    ['is answered without an id', faults.withoutId('start')],
  ]
}

function notCarriedOut(): [string, Fault][] {
  return [
    ['is reset before acceptance', faults.resetBefore('start')],
    ['hangs', faults.hang('start')],
    ...[500, 502, 503].map((status): [string, Fault] => [
      `is answered ${status} with HTML`,
      faults.answerHtml('start', status),
    ]),
    ['is answered 404', faults.answer('start', 404)],
  ]
}
