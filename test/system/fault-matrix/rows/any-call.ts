import * as faults from '../../../../sandbox/faults/builders.ts'
import type { Fault, Route } from '../../../../sandbox/index.ts'
import type { Scenario } from '../scenario.ts'
import { served } from '../scenario.ts'

/** More than one budget of failures in a row, with the back-off between them. */
const OUTAGE = { from: 1, to: 6 } as const
/** A date that is still ahead when the row begins, which is as soon as the stack stands. */
const SOON_MS = 45_000
/** Longer than any removal should sleep because a vendor says so. */
const ABSURD_SECONDS = 99_999_999_999

/** What may happen to any call that costs nothing to repeat: it is repeated, and nobody hears of it. */
export function passingTrouble(route: Route): Scenario[] {
  const rows: [string, Fault][] = [
    ['is reset before acceptance', faults.resetBefore(route)],
    ['is reset after acceptance', faults.loseReply(route)],
    ['hangs', faults.hang(route)],
    ['hangs after acceptance', faults.hang(route, { when: 'after' })],
    ...[500, 502, 503].flatMap((status): [string, Fault][] => [
      [`is answered ${status} with HTML`, faults.answerHtml(route, status)],
      [
        `is answered ${status} with HTML after acceptance`,
        faults.answerHtml(route, status, { when: 'after' }),
      ],
    ]),
    ...rateLimits(route),
    ['is answered with HTML under a 200', faults.notJson(route)],
  ]
  return rows.map(([what, fault]) => served(`${route} ${what}`, [fault]))
}

/** 429 with every `Retry-After` that makes nobody wait for long. */
export function rateLimits(route: Route): [string, Fault][] {
  return [
    ['is answered 429', faults.rateLimit(route)],
    ['is answered 429 with seconds', faults.rateLimit(route, { retryAfter: 1 })],
    [
      'is answered 429 with a date long past',
      faults.rateLimit(route, { retryAfter: new Date('2001-01-01T00:00:00Z') }),
    ],
    ['is answered 429 with nonsense', faults.rateLimit(route, { retryAfter: 'in a while' })],
  ]
}

/** 429 with waits that a removal sleeps through, one of centuries among them, which is cut to two minutes. */
export function longWaits(route: Route): Scenario[] {
  const waits: [string, number | Date][] = [
    ['a date', new Date(Date.now() + SOON_MS)],
    ['an absurd wait', ABSURD_SECONDS],
  ]
  return waits.map(([what, retryAfter]) => {
    const fault = faults.rateLimit(route, { retryAfter })
    const row = served(`${route} is answered 429 with ${what}`, [fault])
    return { ...row, isAsleep: true }
  })
}

export function outage(route: Route): Scenario {
  const fault = faults.answerHtml(route, 502, { occurrence: OUTAGE })
  return { ...served(`${route} is answered 502 for longer than the budget`, [fault]), isOutage: true }
}

export const CREDIT_REFUSALS: [string, (route: Route) => Fault][] = [
  ['is answered 402', (route) => faults.answer(route, 402)],
  ...[400, 402, 403].map((status): [string, (route: Route) => Fault] => [
    `is answered insufficient_credits under ${status}`,
    (route) => faults.refuseForCredits(route, status),
  ]),
]

export const KEY_REFUSALS: [string, (route: Route) => Fault][] = [401, 403].map((status) => [
  `is answered ${status}`,
  (route) => faults.answer(route, status),
])
