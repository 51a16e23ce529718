import { beforeAll, describe, expect, it } from 'vitest'
import type { Fault, Route } from '../../sandbox/index.ts'
import { answerHtml, cutOutput, hang, rateLimit } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { historyOf } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const VENDOR_CALLS: Route[] = ['upload', 'create', 'start', 'status', 'output']

describe.each(VENDOR_CALLS)('a 503 at %s', (route) => {
  it('is repeated by the server until the call goes through, and one job is bought', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [answerHtml(route, 503)] } })

    const handle = await environment.start({ source: file })
    const document = await handle.result()

    expect(document.state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
    expect((await historyOf(handle)).events).toBeLessThanOrEqual(60)
  })
})

describe.each<Route>(['create', 'start', 'status'])('no answer at %s', (route) => {
  it('ends by the time-out of the call, and the removal goes on', async () => {
    const environment = await anEnvironment({
      sandbox: { faults: [hang(route)] },
      variables: { MATTEFLOW_CALL_TIMEOUT: '300ms' },
    })

    const handle = await environment.start({ source: file })

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })
})

const TRANSIENT: [string, Fault[]][] = [
  ['a vendor that limits the rate', [rateLimit('create', { retryAfter: 7 }), rateLimit('start')]],
  ['an output whose transfer is cut', [cutOutput({ share: 0.3 })]],
  [
    'a status that fails five times in a row',
    [answerHtml('status', 502, { occurrence: { from: 1, to: 5 } })],
  ],
]

describe.each(TRANSIENT)('%s', (_, faults) => {
  it('costs time, not money', async () => {
    const environment = await anEnvironment({ sandbox: { faults } })

    expect((await (await environment.start({ source: file })).result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, orphanDrafts: 0 })
  })
})
