import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { DeliveryToSend } from '../../adapters/ledger/webhook-deliveries.ts'
import { createGuardedAgent } from '../../adapters/transfer/guarded-agent.ts'
import type { ReceiverResponse } from '../../adapters/webhooks/post-event.ts'
import { postEvent } from '../../adapters/webhooks/post-event.ts'
import { signedHeaders } from '../../adapters/webhooks/sign-event.ts'
import { retryAfterMsFrom } from '../../domain/retry-after.ts'
import { webhookBody } from '../../domain/webhooks/webhook-event.ts'
import { activity, patient } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'

export interface WebhookInput {
  deliveryId: string
}

/** The number of tries ends it, whatever fails: a receiver may be away for days. */
const PATIENCE_MS = 30 * 86_400_000
const STALL_MS = 20_000
const LONGEST_PAUSE_MS = 86_400_000
/** The receiver wants to hear no more. Source: Standard Webhooks 1.0.0. */
const GONE = 410

/**
 * One try to tell an endpoint of an event, which the log of deliveries keeps. Whatever is no 2xx fails, redirects among
 * it, and Temporal's server tries again as the policy says, or after the receiver's `Retry-After`; 410 disables the
 * endpoint. Ends without a word where the endpoint hears no more.
 */
export function sendWebhook(deps: ActivityDependencies) {
  return activity(
    async ({ deliveryId }: WebhookInput): Promise<void> => {
      const { webhooks } = deps.ledger
      const at = new Date(await deps.now())
      const delivery = await webhooks.toSend(deliveryId, at)
      if (delivery === undefined) return webhooks.recordOutcome(deliveryId, 'skipped', at)
      const began = performance.now()
      const response = await tell(delivery, at, deps)
      const { attempt } = Context.current().info
      const status = typeof response === 'string' ? null : response.status
      const error = typeof response === 'string' ? response : null
      await webhooks.recordAttempt(deliveryId, {
        ...{ attempt, at, status, error },
        tookMs: Math.round(performance.now() - began),
      })
      if (status !== null && status >= 200 && status < 300)
        return webhooks.recordOutcome(deliveryId, 'delivered', at)
      if (status === GONE) {
        await webhooks.disable(delivery.endpointId, 'the receiver answered 410', at)
        return webhooks.recordOutcome(deliveryId, 'failed', at)
      }
      throw refusal(delivery, response, at)
    },
    patient(deps, PATIENCE_MS),
  )
}

/** What the receiver answered, or why it did not. */
async function tell(
  delivery: DeliveryToSend,
  at: Date,
  { hosts }: Pick<ActivityDependencies, 'hosts'>,
): Promise<ReceiverResponse | string> {
  const url = new URL(delivery.url)
  const refused = hosts.receiver.refusal(url)
  if (refused !== undefined) return `${url.hostname} ${refused}`
  const { eventId: id, occurredAt } = delivery
  const body = webhookBody({ ...delivery, at: occurredAt })
  const headers = signedHeaders({ id, body }, delivery.secrets, at)
  const agent = createGuardedAgent(hosts.receiver, { stallTimeoutMs: STALL_MS })
  try {
    const signal = Context.current().cancellationSignal
    return await postEvent({ url, headers, body }, { dispatcher: await agent.wayTo(url), signal })
  } catch (error) {
    Context.current().cancellationSignal.throwIfAborted()
    return reasonOf(error)
  } finally {
    await agent.destroy()
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
}

function refusal(
  { url, eventId }: DeliveryToSend,
  response: ReceiverResponse | string,
  at: Date,
): ApplicationFailure {
  const { host } = new URL(url)
  const said = typeof response === 'string' ? response : `answered ${response.status}`
  const pauseMs = typeof response === 'string' ? null : pauseOf(response.retryAfter, at)
  return ApplicationFailure.create({
    type: 'WebhookRefused',
    message: `${eventId} to ${host}: ${said}`,
    ...(pauseMs !== null && { nextRetryDelay: pauseMs }),
  })
}

/** At most a day; null where the receiver asked for no pause, or for nothing that can be understood. */
function pauseOf(retryAfter: string | null, at: Date): number | null {
  const ms = retryAfterMsFrom(retryAfter, at.getTime()) ?? 0
  return ms > 0 ? Math.min(ms, LONGEST_PAUSE_MS) : null
}
