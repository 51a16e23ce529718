import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { Fault } from '../../sandbox/index.ts'
import { ALWAYS, lateWebhook, oddWebhook } from '../../sandbox/index.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { percentile } from '../percentile.ts'
import { startLightStack } from '../stack/light-stack.ts'
import { withTemporal } from '../stack/with-temporal.ts'
import { runBenchGateway } from './run-bench-gateway.ts'

const REMOVALS = { quick: 3, full: 40 } as const
const JOB_SECONDS = { quick: 8, full: 15 } as const
/** The sandbox takes so long for the clip at speed 1: a second for the only second of it, and its overhead. */
const CLIP_SECONDS = 4
/** Ends that come all at once would wait for the rate of the vendor's calls, whatever tells of them. */
const STARTS_EVERY_MS = 250
const SECRET = 'bench'
const LATE_SECONDS = 5

interface Waited {
  /** From the end of each job to the end of the wait for it. */
  delaysMs: number[]
  callsPerJob: number
}

/** When the end of a job is seen and what that takes: with webhooks that come, come late or get lost, beside polling alone. */
export async function waitingRows(context: BenchContext): Promise<BenchRow[]> {
  const size = context.quick ? 'quick' : 'full'
  const seconds = JOB_SECONDS[size]
  const note = `${REMOVALS[size]} jobs of ${seconds} s, one each ${STARTS_EVERY_MS} ms`
  return withTemporal(async (temporal) => {
    const polls = await waited(temporal, null, context)
    const told = await waited(temporal, [], context)
    const late = await waited(temporal, [lateWebhook(LATE_SECONDS * 1_000, { occurrence: ALWAYS })], context)
    const lost = await waited(temporal, [oddWebhook('lost', { occurrence: ALWAYS })], context)
    const delay = (share: number) =>
      row({
        figure: `end of a job to the end of its wait with webhooks, p${share * 100}`,
        value: percentile(told.delaysMs, share),
        unit: 'ms',
        beside: { what: 'polling alone', value: percentile(polls.delaysMs, share) },
        note,
      })
    const calls = (what: string, { callsPerJob }: Waited) =>
      row({
        figure: `status calls of a ${seconds} s job, webhooks ${what}`,
        value: callsPerJob,
        unit: 'calls',
        beside: { what: 'polling alone', value: polls.callsPerJob },
      })
    return [
      ...[0.5, 0.99].map(delay),
      calls('on', told),
      calls(`${LATE_SECONDS} s late`, late),
      calls('lost', lost),
    ]
  })
}

/** Removals by a worker of their own: of which the vendor tells by webhooks with these faults, or, with null, does not. */
async function waited(
  temporal: TestWorkflowEnvironment,
  faults: Fault[] | null,
  { quick, folder, progress }: BenchContext,
): Promise<Waited> {
  const size = quick ? 'quick' : 'full'
  const seconds = JOB_SECONDS[size]
  const clip = join(folder, 'waited.mp4')
  await makeDemoClip(clip, 'green', 1, { width: 64, height: 48 })
  const gateway = await listening(temporal, folder)
  const stack = await startLightStack({
    ...{ temporal, folder, clip },
    sandbox: { speed: CLIP_SECONDS / seconds, webhookSecret: SECRET, faults: faults ?? [] },
    variables:
      faults === null ? {} : { GATEWAY_PUBLIC_URL: gateway.url, REMOVEBGVIDEO_WEBHOOK_SECRET: SECRET },
  })
  try {
    progress(`${REMOVALS[size]} jobs of ${seconds} s, ${faults === null ? 'polled alone' : 'with webhooks'}`)
    const ids: string[] = []
    for (let nth = 1; nth <= REMOVALS[size]; nth += 1) {
      ids.push(...(await stack.start(1)))
      await sleep(STARTS_EVERY_MS)
    }
    await stack.ended(ids)
    const delaysMs = await Promise.all(ids.map((id) => delayOf(temporal, id, seconds * 1_000)))
    return { delaysMs, callsPerJob: (stack.sandbox.report().requests.status ?? 0) / ids.length }
  } finally {
    await stack.close()
    await gateway.close()
  }
}

async function listening(temporal: TestWorkflowEnvironment, folder: string) {
  const ledger = await serveDatabase()
  const gateway = await runBenchGateway(temporal.client, ledger.url, {
    HOME: folder,
    STORAGE_URL: pathToFileURL(join(folder, 'callbacks')).href,
    REMOVEBGVIDEO_WEBHOOK_SECRET: SECRET,
  })
  return {
    url: gateway.url,
    async close() {
      await gateway.close()
      await ledger.close()
    },
  }
}

/** The vendor starts a job just before its start is recorded, and tells no end; the wait ends where the retrieval is scheduled. */
async function delayOf(temporal: TestWorkflowEnvironment, id: string, jobMs: number): Promise<number> {
  const { events } = await temporal.client.workflow.getHandle(workflowIdOf(id)).fetchHistory()
  const named = new Map(
    events?.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled ? [[String(eventId), scheduled.activityType?.name]] : [],
    ),
  )
  const started = events?.find(
    ({ activityTaskCompletedEventAttributes: done }) =>
      done && named.get(String(done.scheduledEventId)) === 'startVendorJob',
  )
  const retrieved = events?.find(({ eventId }) => named.get(String(eventId)) === 'retrieveOutput')
  return millisecondsOf(retrieved?.eventTime) - millisecondsOf(started?.eventTime) - jobMs
}

function millisecondsOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? Number.NaN) * 1_000 + (time?.nanos ?? 0) / 1e6
}
