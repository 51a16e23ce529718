import { randomUUID } from 'node:crypto'
import { Client } from '@temporalio/client'
import { expect, it, onTestFinished } from 'vitest'
import { createRemovals } from '../../client/create-removals.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { registerSearchAttributes } from '../../worker/temporal/register-search-attributes.ts'
import { clip } from '../support/clips.ts'

/** A namespace that has ten Keyword attributes of other people already, so that ours find no room. */
async function aFullNamespace() {
  const temporal = await startTemporalServer('dev')
  onTestFinished(() => temporal.teardown())
  const { nativeConnection } = temporal
  const namespace = `full-${randomUUID()}`
  const days = { workflowExecutionRetentionPeriod: { seconds: 86_400 as never } }
  await nativeConnection.workflowService.registerNamespace({ namespace, ...days })
  const others = Array.from({ length: 10 }, (_, index) => [`Other${index}`, 2])
  await nativeConnection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(others),
  })
  const lacking = await registerSearchAttributes(nativeConnection, namespace)
  const client = new Client({ connection: temporal.connection, namespace })
  const environment = await startRemovalEnvironment({
    temporal: Object.assign(Object.create(temporal), { namespace, client }),
    sandbox: { modes: { instant: true } },
    dependencies: { lackingSearchAttributes: lacking.names },
  })
  onTestFinished(() => environment.close())
  const { dependencies, sandbox } = environment
  const removals = createRemovals({ client, storage: dependencies.storage, vendorBaseUrl: sandbox.url })
  return { removals, sandbox, lacking }
}

it('a removal is bought once, parked, resumed and collected in a namespace that lacks search attributes', async () => {
  const { removals, sandbox, lacking } = await aFullNamespace()
  expect(lacking.names).toEqual([
    'RemovalFailure',
    'RemovalState',
    'RemovalProject',
    'RemovalFingerprint',
    'RemovalModel',
    'RemovalFormat',
  ])
  sandbox.setCredits(0)

  const { id } = await removals.start({ source: await clip('green'), model: 'human' })
  await expect.poll(async () => (await removals.status(id)).state, { timeout: 60_000 }).toBe('parked')
  sandbox.setCredits(null)
  await removals.resume(id)
  const document = await removals.result(id)

  expect(document).toMatchObject({ state: 'succeeded', output: { hasAlpha: true } })
  expect(sandbox.report()).toMatchObject({ jobsBought: 1 })
}, 150_000)
