import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'

let env: GatewayEnvironment
let gateway: RunningGateway

beforeAll(async () => {
  env = await startGatewayEnvironment()
  gateway = await env.startGateway()
}, 120_000)
afterAll(() => env?.close(), 60_000)

const post = (form: FormData, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/v1/removals`, { method: 'POST', body: form, headers })

/** What Temporal does with a closed workflow after its retention. */
async function forget(id: string): Promise<void> {
  const { client } = env.temporal
  const handle = client.workflow.getHandle(workflowIdOf(id))
  const { namespace } = client.options
  const workflowExecution = { workflowId: workflowIdOf(id) }
  const forgotten = async (): Promise<void> => {
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }).catch(() => {})
    await expect(handle.describe()).rejects.toThrow('not found')
  }
  await vi.waitFor(forgotten, { timeout: 30_000, interval: 500 })
}

describe('a removal under an idempotency key', () => {
  it('is told by the ledger once Temporal has forgotten its run: another body is refused, the same one is answered', async () => {
    const send = (fields: Record<string, string> = {}) =>
      post(removalForm(env.clipBytes, fields), { 'idempotency-key': 'order 4', prefer: 'wait=30' })
    const first = await answerOf(await send())
    await forget(first.body.id ?? '')
    const bought = env.sandbox.report().jobsBought

    const other = await answerOf(await send({ model: 'light' }))
    const same = await answerOf(await send())

    expect(other).toMatchObject({
      status: 409,
      body: { type: 'urn:matteflow:problem:idempotency-key-reused' },
    })
    expect(same).toMatchObject({ status: 202, body: { id: first.body.id, state: 'succeeded' } })
    expect(env.sandbox.report().jobsBought).toBe(bought)
  })
})
