import { beforeAll, describe, expect, it } from 'vitest'
import { showStatus } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { VENDOR_CALLBACK } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { describeInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { historyOf, stateOf, until, untilInRealTime } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('long')
})

const callBack = (handle: RemovalHandle) =>
  handle.signal(VENDOR_CALLBACK, { vendorJobId: 'any', event: 'job.completed' })

/** Where the vendor calls back, a video of minutes is looked at every half minute. */
const variables = { GATEWAY_PUBLIC_URL: 'http://127.0.0.1:9' }

/** A removal whose job is looked at twice and still processing; the next look is half a minute away. */
async function aWaitingRemoval(processingPolls: number): Promise<[RemovalEnvironment, RemovalHandle]> {
  const faults = [showStatus('processing', processingPolls)]
  const environment = await anEnvironment({ variables, sandbox: { faults } })
  const handle = await environment.start({ source: file, model: 'light' })
  await until(environment, 'two looks', () => environment.sandbox.report().requests.status === 2)
  return [environment, handle]
}

describe('a callback of the vendor', () => {
  it('brings the next look forward, within 90 events', async () => {
    const [environment, handle] = await aWaitingRemoval(2)
    await untilInRealTime(() => environment.sandbox.report().jobsCompleted === 1)
    const calledBackAtMs = await environment.temporal.currentTimeMs()

    await callBack(handle)

    await untilInRealTime(async () => (await stateOf(handle)).state === 'succeeded')
    expect((await environment.temporal.currentTimeMs()) - calledBackAtMs).toBeLessThan(20_000)
    expect((await historyOf(handle)).events).toBeLessThanOrEqual(90)
    // The shortest timer takes a second of a real server.
    const { events } = await handle.fetchHistory()
    expect(events?.filter((event) => event.timerStartedEventAttributes)).toEqual([])
  })
})

describeInFull('twenty callbacks at once', () => {
  it('cost two polls at most, and the job is collected', async () => {
    const [environment, handle] = await aWaitingRemoval(20)

    await Promise.all(Array.from({ length: 20 }, () => callBack(handle)))
    await environment.temporal.sleep('6s')

    const looks = (environment.sandbox.report().requests.status ?? 0) - 2
    expect(looks).toBeGreaterThanOrEqual(1)
    expect(looks).toBeLessThanOrEqual(2)
    environment.sandbox.clearFaults()
    expect((await handle.result()).state).toBe('succeeded')
  })
})
