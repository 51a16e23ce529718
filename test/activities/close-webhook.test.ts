import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { newSecret } from '../../adapters/webhooks/sign-event.ts'
import { runActivity } from './support/run-activity.ts'
import type { Stage } from './support/stage.ts'
import { useStages } from './support/stage.ts'

const aStage = useStages()
const DAY_MS = 86_400_000

/** An endpoint, and how its deliveries go: in days from now on, with the status of the only try. */
async function anEndpoint(stage: Stage) {
  const { webhooks } = stage.deps.ledger
  const project = `p${randomUUID().slice(0, 8)}`
  const secret = newSecret()
  const url = 'https://shop.example/hooks'
  const { id } = await webhooks.create({ project, url, secret, events: ['removal.failed'], at: new Date() })
  return {
    async deliver(day: number, status: number | null): Promise<void> {
      const at = new Date(Date.now() + day * DAY_MS)
      const event = { type: 'removal.failed', project, removalId: 'rm_1', state: 'failed' } as const
      const [deliveryId = ''] = await webhooks.announce({ id: randomUUID(), ...event, atMs: at.getTime() })
      await webhooks.recordDispatched(deliveryId, at)
      await webhooks.recordAttempt(deliveryId, { attempt: 1, at, status, error: null, tookMs: 5 })
      if (status === 200) await webhooks.recordOutcome(deliveryId, 'delivered', at)
      else await giveUp(stage, deliveryId, day)
    },
    disabledFor: async () => (await webhooks.list(project)).find((one) => one.id === id)?.disabledFor,
  }
}

async function giveUp({ activities, deps }: Stage, deliveryId: string, day: number): Promise<void> {
  const now = deps.now
  deps.now = () => Date.now() + (day + 3) * DAY_MS
  await runActivity(activities.closeWebhook, { deliveryId })
  deps.now = now
}

it('an endpoint that nothing has reached for five days is disabled, and one that a delivery has is not', async () => {
  const stage = await aStage()
  const [dead, alive, young] = [await anEndpoint(stage), await anEndpoint(stage), await anEndpoint(stage)]

  await dead.deliver(0, 500)
  expect(await dead.disabledFor()).toBeNull()
  await dead.deliver(3, null)
  await alive.deliver(0, 500)
  await alive.deliver(2, 200)
  await alive.deliver(3, 500)
  await young.deliver(3, 500)

  expect(await dead.disabledFor()).toMatch(/^nothing was delivered since \d{4}-/)
  expect(await alive.disabledFor()).toBeNull()
  expect(await young.disabledFor()).toBeNull()
})
