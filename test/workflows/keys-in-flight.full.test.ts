import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createPayloadCodec, createRemovals } from '../../client/index.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { ReadyReport } from '../../domain/readiness.ts'
import { newRemovalId, workflowIdOf } from '../../domain/removal-id.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { createWorkers } from '../../worker/create-workers.ts'
import { workerConverterFor } from '../../worker/data-converter.ts'
import { replayOpenOf } from '../../worker/replay/replay-open.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import { MATTEFLOW_READY, RESUME, searchAttributes } from '../../workflows/messages.ts'
import { clip } from '../support/clips.ts'
import { until, untilParkedFor } from './support/observe.ts'
import { rawTraces } from './support/raw-traces.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
const OLD = { id: 'old', key: randomBytes(32).toString('base64') }
const NEW = { id: 'new', key: randomBytes(32).toString('base64') }
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const removalsOf = ({ client, dependencies, sandbox }: RemovalEnvironment) =>
  createRemovals({ client, storage: dependencies.storage, vendorBaseUrl: sandbox.url })

/** Workers with other keys than those of the environment, which has none of its own. */
async function serving(
  { temporal, dependencies }: RemovalEnvironment,
  payloadKeys: (typeof OLD)[],
): Promise<() => Promise<void>> {
  const dataConverter = workerConverterFor({ payloadKeys })
  const replayOpen = replayOpenOf(openClient(temporal.connection, 'default', { payloadKeys }))
  const deps = { ...dependencies, replayOpen }
  const workers = await createWorkers(temporal.nativeConnection, 'default', deps, { dataConverter })
  const running = Promise.all(workers.map((worker) => worker.run()))
  let isOver = false
  const end = async (): Promise<void> => {
    if (isOver) return
    isOver = true
    for (const worker of workers) worker.shutdown()
    await running
  }
  onTestFinished(end)
  return end
}

describe('removals in flight while keys are changed', () => {
  it('go on from in clear to a first key and to a second one, and buy one job', async () => {
    const environment = await anEnvironment({ withoutWorkers: true, sandbox: { credits: 0 } })
    const { temporal, sandbox } = environment
    const endFirst = await serving(environment, [])
    const handle = await environment.start({ source: file, user: 'ada-lovelace' })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await endFirst()

    const endSecond = await serving(environment, [OLD])
    const oldClient = openClient(temporal.connection, 'default', { payloadKeys: [OLD] })
    await oldClient.workflow.getHandle(handle.workflowId).executeUpdate(RESUME, { args: [{}] })
    await until(environment, 'a second refusal', () => sandbox.report().requests.start === 2)
    const parkedAgain = oldClient.workflow.getHandle<() => Promise<never>>(handle.workflowId)
    // Its memo would still show the first park while it goes on.
    await until(environment, 'parked again', async () => {
      const { typedSearchAttributes } = await parkedAgain.describe()
      return typedSearchAttributes.get(searchAttributes.state) === 'parked'
    })
    await endSecond()

    await serving(environment, [NEW, OLD])
    const config = { payloadKeys: [NEW, OLD] }
    const client = openClient(temporal.connection, 'default', config)
    const report = await client.workflow.execute(MATTEFLOW_READY, {
      workflowId: `ready/${newRemovalId()}`,
      taskQueue: TASK_QUEUES.own,
      args: [],
    })
    expect((report as ReadyReport).steps.filter(({ problem }) => problem !== null)).toEqual([])
    sandbox.setCredits(10)
    const resumed = client.workflow.getHandle(handle.workflowId)
    await resumed.executeUpdate(RESUME, { args: [{ note: 'topped up' }] })

    expect(await resumed.result()).toMatchObject({ state: 'succeeded', user: 'ada-lovelace' })
    expect(sandbox.report().jobsBought).toBe(1)
    const { keyIds } = await rawTraces(environment, handle.workflowId.replace('removal/', ''))
    expect(keyIds).toEqual(new Set([null, 'old', 'new']))
  })

  it('wait for a worker that has the key of what was written, and lose and buy nothing meanwhile', async () => {
    const environment = await anEnvironment({ withoutWorkers: true })
    const { temporal, sandbox } = environment
    const client = openClient(temporal.connection, 'default', { payloadKeys: [OLD] })
    const removals = removalsOf({ ...environment, client })
    const { id } = await removals.start({ source: file })
    const endWrong = await serving(environment, [NEW])
    const newClient = openClient(temporal.connection, 'default', { payloadKeys: [NEW] })
    const failedTask = async () => {
      const { events } = await newClient.workflow.getHandle(workflowIdOf(id)).fetchHistory()
      return events?.find((event) => event.workflowTaskFailedEventAttributes)
        ?.workflowTaskFailedEventAttributes
    }
    await until(environment, 'a task that failed', async () => (await failedTask()) !== undefined)
    const { encodedAttributes } = (await failedTask())?.failure ?? {}
    const [why] = await createPayloadCodec([NEW]).decode([encodedAttributes ?? {}])
    expect(Buffer.from(why?.data ?? []).toString()).toContain(
      'encrypted with the key old, which is missing here',
    )
    expect(sandbox.report().jobsBought).toBe(0)
    await endWrong()

    await serving(environment, [NEW, OLD])

    const both = openClient(temporal.connection, 'default', { payloadKeys: [NEW, OLD] })
    const document = await removalsOf({ ...environment, client: both }).result(id)
    expect(document.state).toBe('succeeded')
    expect(sandbox.report().jobsBought).toBe(1)
  })
})
