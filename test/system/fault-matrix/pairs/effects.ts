import type { Aim } from '../../../../sandbox/faults/builders.ts'
import * as faults from '../../../../sandbox/faults/builders.ts'
import type { Fault, Route } from '../../../../sandbox/index.ts'
import { LATE_MS } from '../modes.ts'

/** What a strike means to whoever knows both sides. */
export type Effect =
  /** Nothing that money, the request or a person depends on. */
  | 'passing'
  /** Only a start: accepted and billed, though the answer does not say so. */
  | 'started'
  /** Only a start: not accepted, though the answer does not say so. */
  | 'not-started'
  /** A definite no that somebody can mend. */
  | 'refused'
  /** A definite no, for now. */
  | 'later'
  /** A definite no to the request itself. */
  | 'invalid'
  /** The job that this start is about will fail. */
  | 'job-fails'
  /** A complete output that is not what was bought. */
  | 'unfit'

/** A fault of which one strike is enough, what it means, and whether it makes the vendor say what is not so. */
export interface Trouble {
  what: string
  route: Route
  effect: Effect
  lies?: true
  make(aim: Aim): Fault
}

const FREE = ['upload', 'create'] as const

export const TROUBLES: Trouble[] = [
  ...FREE.flatMap((route): Trouble[] => [
    ...anyCall(route).map(([what, make]): Trouble => ({ what, route, effect: 'passing', make })),
    ...refusals(route),
    {
      what: '429',
      route,
      effect: 'later',
      make: (aim) => faults.rateLimit(route, { retryAfter: 1, ...aim }),
    },
    { what: '400', route, effect: 'invalid', make: (aim) => faults.answer(route, 400, aim) },
  ]),
  { what: 'no id', route: 'create', effect: 'passing', make: (aim) => faults.withoutId('create', aim) },
  ...start(),
  ...refusals('start'),
  ...anyCall('status').map(([what, make]): Trouble => ({ what, route: 'status', effect: 'passing', make })),
  ...([401, 402, 404, 429] as const).map(
    (status): Trouble => ({
      what: String(status),
      route: 'status',
      effect: 'passing',
      make: (aim) => faults.answer('status', status, aim),
    }),
  ),
  ...['pending', 'on_hold'].map(
    (status): Trouble => ({
      what: `shows ${status}`,
      route: 'status',
      effect: 'passing',
      lies: true,
      make: (aim) => faults.show('status', { status, progress: null, output_url: null, error: null }, aim),
    }),
  ),
  ...output(),
]

function anyCall(route: Route): [string, (aim: Aim) => Fault][] {
  return [
    ['reset before', (aim) => faults.resetBefore(route, aim)],
    ['reset after', (aim) => faults.loseReply(route, aim)],
    ['hangs', (aim) => faults.hang(route, aim)],
    ['502 before', (aim) => faults.answerHtml(route, 502, aim)],
    ['503 after', (aim) => faults.answerHtml(route, 503, { ...aim, when: 'after' })],
    ['not JSON', (aim) => faults.notJson(route, aim)],
  ]
}

function refusals(route: Route): Trouble[] {
  return [
    { what: '401', route, effect: 'refused', make: (aim) => faults.answer(route, 401, aim) },
    { what: '402', route, effect: 'refused', make: (aim) => faults.answer(route, 402, aim) },
    {
      what: 'no credits under 400',
      route,
      effect: 'refused',
      make: (aim) => faults.refuseForCredits(route, 400, aim),
    },
  ]
}

function start(): Trouble[] {
  const of = (what: string, effect: Effect, make: (aim: Aim) => Fault): Trouble => ({
    what,
    route: 'start',
    effect,
    make,
  })
  return [
    of('reset after', 'started', (aim) => faults.loseReply('start', aim)),
    of('hangs after', 'started', (aim) => faults.hang('start', { ...aim, when: 'after' })),
    of('502 after', 'started', (aim) => faults.answerHtml('start', 502, { ...aim, when: 'after' })),
    of('executed later', 'started', (aim) => faults.executeLater('start', { ...aim, afterMs: LATE_MS })),
    of('not JSON', 'started', (aim) => faults.notJson('start', aim)),
    of('no id', 'started', (aim) => faults.withoutId('start', aim)),
    of('reset before', 'not-started', (aim) => faults.resetBefore('start', aim)),
    of('hangs', 'not-started', (aim) => faults.hang('start', aim)),
    of('503 before', 'not-started', (aim) => faults.answerHtml('start', 503, aim)),
    of('404', 'not-started', (aim) => faults.answer('start', 404, aim)),
    of('429', 'later', (aim) => faults.rateLimit('start', { retryAfter: 1, ...aim })),
    of('400', 'invalid', (aim) => faults.answer('start', 400, aim)),
    of('the job fails', 'job-fails', (aim) => faults.failJob('GPU worker lost', aim)),
  ]
}

function output(): Trouble[] {
  const of = (what: string, make: (aim: Aim) => Fault, effect: Effect = 'passing'): Trouble => ({
    what,
    route: 'output',
    effect,
    make,
  })
  return [
    of('reset before', (aim) => faults.resetBefore('output', aim)),
    of('502', (aim) => faults.answerHtml('output', 502, aim)),
    of('429', (aim) => faults.rateLimit('output', { retryAfter: 1, ...aim })),
    of('dead', (aim) => faults.deadOutput(410, aim)),
    of('cut', (aim) => faults.cutOutput(aim)),
    of('lacking its end', (aim) => faults.shortOutput(aim)),
    of('opaque', (aim) => faults.otherOutput('opaque-matte', aim), 'unfit'),
    of('half as long', (aim) => faults.otherOutput('wrong-length', aim), 'unfit'),
    of('another container', (aim) => faults.otherOutput('wrong-container', aim), 'unfit'),
  ]
}
