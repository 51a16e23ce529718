import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultAction } from '../faults/fault.ts'
import { jobDocument } from '../http/job-document.ts'
import type { Site } from '../http/site.ts'
import { jobPhase } from '../state/job-phase.ts'
import type { VendorJob, WebhookEvent, WebhookState } from '../state/vendor-job.ts'
import { inputName } from '../state/vendor-state.ts'
import { webhookHeaders } from './sign-webhook.ts'
import type { Webhooks } from './webhooks.ts'

/** How long a receiver has for its answer. The vendor names no time. */
const ANSWER_WITHIN_MS = 10_000
/** How long after a failed try the next one comes, divided by the sandbox's speed. The vendor documents no tries. */
const TRIES_AGAIN_AFTER_MS = [10_000, 60_000]
/** How long a stale timestamp lies back: more than any tolerance. */
const STALE_MS = 3_600_000
/** More than any receiver has to read. */
const BLOATED_BYTES = 2 * 1024 * 1024

type Delivery = { event: WebhookEvent; deliveryId: string; fault: FaultAction | undefined }
type Message = { headers: Record<string, string>; body: string }

export function createWebhooks(site: Omit<Site, 'webhooks' | 'renderings'>): Webhooks {
  const { state, modes, faults, speed, closing, log } = site
  const inHand = new Set<Promise<void>>()
  /** Events that wait for the next one of their job to overtake them. */
  const overtaken = new Map<string, Delivery[]>()

  function begin(work: () => Promise<void>): void {
    // Closing ends what is under way; nothing else can go wrong that a try does not count.
    const done = work()
      .catch((error: unknown) => log(`webhook: ${String(error)}`))
      .finally(() => inHand.delete(done))
    inHand.add(done)
  }

  function tell(job: VendorJob, event: WebhookEvent): void {
    if (job.webhookUrl === null || job.webhooks?.[event] !== undefined) return
    begin(async () => {
      const fault = faults.meet({
        route: 'webhook',
        jobIndex: job.index,
        input: inputName(state, job.videoUrl),
      })
      const delivery = { event, deliveryId: randomUUID(), fault }
      if (isFlaw(fault, 'lost')) return note(job, delivery, { state: 'failed', tries: 0 })
      if (isFlaw(fault, 'overtaken')) {
        overtaken.set(job.id, [...(overtaken.get(job.id) ?? []), delivery])
        return
      }
      if (fault?.type === 'delay') await wait(fault.ms)
      const told = await deliver(job, delivery)
      if (isFlaw(fault, 'doubled')) await send(job, told)
      const late = overtaken.get(job.id) ?? []
      overtaken.delete(job.id)
      for (const each of late) await deliver(job, each)
    })
  }

  /** Tries until the receiver answers 2xx, or gives up. Gives what was sent last, to the byte. */
  async function deliver(job: VendorJob, delivery: Delivery): Promise<Message> {
    for (let tries = 1; ; tries += 1) {
      const message = messageOf(job, delivery)
      const isTaken = await send(job, message)
      const again = TRIES_AGAIN_AFTER_MS[tries - 1]
      if (closing.aborted) return message
      if (isTaken || again === undefined) {
        note(job, delivery, { state: isTaken ? 'sent' : 'failed', tries })
        return message
      }
      await wait(again / speed)
    }
  }

  function messageOf(job: VendorJob, { event, deliveryId, fault }: Delivery): Message {
    const told = isFlaw(fault, 'early') ? 'job.completed' : event
    const body = bodyOf(told, job, fault)
    const at = new Date(Date.now() - (isFlaw(fault, 'stale') ? STALE_MS : 0))
    const secret = isFlaw(fault, 'unsigned')
      ? null
      : isFlaw(fault, 'forged')
        ? 'forged'
        : site.webhookSecret()
    return { headers: webhookHeaders({ event: told, deliveryId, body }, { secret, at }), body }
  }

  async function send(job: VendorJob, message: Message): Promise<boolean> {
    const what = `webhook ${message.headers['x-webhook-event']} of job ${job.id}`
    try {
      const response = await fetch(job.webhookUrl ?? '', {
        method: 'POST',
        ...message,
        redirect: 'manual',
        signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      })
      await response.body?.cancel()
      log(`${what}: ${response.status}`)
      return response.ok
    } catch (error) {
      if (!closing.aborted) log(`${what}: ${String(error)}`)
      return false
    }
  }

  /** No page of the vendor shows a payload: this is what its published receiver reads, and the job beside it. */
  function bodyOf(event: string, job: VendorJob, fault: FaultAction | undefined): string {
    if (isFlaw(fault, 'malformed')) return '{"event":'
    const bloat = isFlaw(fault, 'oversized') ? { padding: 'x'.repeat(BLOATED_BYTES) } : {}
    return JSON.stringify({ event, data: jobDocument(job, site), ...bloat })
  }

  function note(job: VendorJob, { event }: Delivery, told: WebhookState): void {
    job.webhooks = { ...job.webhooks, [event]: told }
    state.save(job)
  }

  function tellEnd(job: VendorJob): void {
    begin(async () => {
      while (!closing.aborted) {
        const phase = jobPhase(job, modes)
        if (phase.state === 'completed' || phase.state === 'failed') return tell(job, `job.${phase.state}`)
        // Without a length, or with a fate that has no end, there is nothing to wait for.
        if (job.startedAt === null || job.processingMs === null || job.fate?.fate === 'never-ends') return
        await wait(Math.max(1, job.startedAt + job.processingMs - Date.now()))
      }
    })
  }

  async function wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: closing, ref: false }).catch(() => {})
  }

  return {
    started: (job) => tell(job, 'job.started'),
    rendered: tellEnd,
    resume(job) {
      if (job.startedAt === null) return
      tell(job, 'job.started')
      if (job.renderedAt !== null) tellEnd(job)
    },
    async idle() {
      while (inHand.size > 0) await Promise.all(inHand)
    },
  }
}

type Flaw = (FaultAction & { type: 'webhook' })['flaw']

function isFlaw(fault: FaultAction | undefined, flaw: Flaw): boolean {
  return fault?.type === 'webhook' && fault.flaw === flaw
}
