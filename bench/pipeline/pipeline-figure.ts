import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { newRemovalId, workflowIdOf } from '../../domain/removal-id.ts'
import type { StagedInput } from '../../domain/staged-input.ts'
import { REMOVE_BACKGROUND } from '../../workflows/messages.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median, percentile } from '../percentile.ts'
import { withTemporal } from '../stack/with-temporal.ts'
import { bareQueue } from './bare-queue.ts'
import { startBareWorkers, startLightWorkers } from './bench-workers.ts'
import { instantDependencies } from './instant-dependencies.ts'
import type { ManyRuns } from './run-many.ts'
import { runMany } from './run-many.ts'
import { wholePipeline } from './whole-pipeline.ts'

const IN_FLIGHT = 50
/** Turns of the two sides, and runs of each in a turn. */
const TURNS = { quick: 1, full: 5 } as const
const RUNS = { quick: 50, full: 60 } as const
const ALONE = { quick: 5, full: 15 } as const
const ENGINE_AIM = 0.8

/** Events, throughput and latency of a removal, beside a workflow of seven activities that do nothing. */
export async function pipelineFigure(context: BenchContext): Promise<BenchRow[]> {
  const { folder, progress } = context
  const clip = join(folder, 'clip.mp4')
  await makeDemoClip(clip, 'green', 1, { width: 160, height: 120 })
  progress('the whole pipeline against the sandbox')
  const whole = await withTemporal((temporal) => wholePipeline(temporal, clip, context))
  const turns = await withTemporal((temporal) =>
    besideBare(temporal, { clip, whole: whole.upserts }, context),
  )
  const what = `bare seven activities, ${whole.upserts} upserts`
  const perSecond = (side: keyof Turn) => median(turns.map((turn) => turn[side].many.perSecond))
  const bare = { what, value: perSecond('bare') }
  const ratio = median(turns.map(({ removal, bare: its }) => removal.many.perSecond / its.many.perSecond))
  const latency = (side: keyof Turn, share: number) =>
    percentile(
      turns.flatMap((turn) => turn[side].alone.timesMs),
      share,
    )
  const engineMs = 1_000 / bare.value
  return [
    ...whole.events,
    row({
      figure: 'removals per second, engine and our code alone',
      value: perSecond('removal'),
      unit: '/s',
      beside: bare,
      ratio,
      aim: `≥ ${ENGINE_AIM} of bare`,
      met: ratio >= ENGINE_AIM,
      note: `${turns.length} turns on one server; ledger, files and vendor answer at once, no retrieval`,
    }),
    row({
      figure: 'removals per second, whole pipeline',
      value: whole.perSecond,
      unit: '/s',
      beside: bare,
      note: 'verification on; sandbox, ledger (PGlite) and ffmpeg share the processors',
    }),
    step('engine', engineMs, `at ${IN_FLIGHT} in flight, as is our code`),
    step('our code', 1_000 / perSecond('removal') - engineMs, null),
    ...whole.steps.map(({ name, value }) => step(name, value, 'one at a time')),
    ...([0.5, 0.99] as const).flatMap((share) => {
      const name = `p${share * 100}`
      const beside = { what, value: latency('bare', share) }
      return [
        row({
          figure: `latency added, start to verified output, ${name}`,
          value: percentile(whole.addedMs, share),
          unit: 'ms',
          beside,
          note: 'without vendor calls; ledger, files and verification included',
        }),
        row({
          figure: `latency added, engine and our code alone, ${name}`,
          value: latency('removal', share),
          unit: 'ms',
          beside,
        }),
      ]
    }),
  ]
}

function step(name: string, value: number, note: string | null): BenchRow {
  return row({ figure: `of a removal: ${name}`, value, unit: 'ms', note })
}

interface Measured {
  many: ManyRuns
  /** One after the other. */
  alone: ManyRuns
}

interface Turn {
  removal: Measured
  bare: Measured
}

/** Both sides in turns, so that whatever else the machine does strikes both alike. */
async function besideBare(
  temporal: TestWorkflowEnvironment,
  { clip, whole: upserts }: { clip: string; whole: number },
  { quick, folder, progress }: BenchContext,
): Promise<Turn[]> {
  const endLight = await startLightWorkers(temporal, await instantDependencies(clip, folder))
  const endBare = await startBareWorkers(temporal)
  const removal = () => instantRemoval(temporal)
  const bare = () =>
    temporal.client.workflow.execute('bareSeven', {
      workflowId: `bare/${randomUUID()}`,
      taskQueue: bareQueue(TASK_QUEUES.own),
      args: [upserts],
    })
  try {
    const size = quick ? 'quick' : 'full'
    // What a first run finds cold is not what is measured.
    for (const one of [removal, bare]) await runMany(IN_FLIGHT, IN_FLIGHT, one)
    const measure = async (one: () => Promise<unknown>): Promise<Measured> => ({
      many: await runMany(RUNS[size], IN_FLIGHT, one),
      alone: await runMany(ALONE[size], 1, one),
    })
    const turns: Turn[] = []
    while (turns.length < TURNS[size]) {
      progress(`a removal in a world that answers at once, and the bare workflow: turn ${turns.length + 1}`)
      turns.push({ removal: await measure(removal), bare: await measure(bare) })
    }
    return turns
  } finally {
    await Promise.all([endLight(), endBare()])
  }
}

export function instantRemoval(temporal: TestWorkflowEnvironment): Promise<unknown> {
  const id = newRemovalId()
  const key = `inputs/${id}/clip.mp4`
  const staged: StagedInput = {
    kind: 'file',
    key,
    fileName: 'clip.mp4',
    sizeBytes: 1,
    sha256: '0'.repeat(64),
    fingerprint: id,
  }
  return temporal.client.workflow.execute(REMOVE_BACKGROUND, {
    workflowId: workflowIdOf(id),
    taskQueue: TASK_QUEUES.own,
    args: [{ source: { stored: key } }, staged],
  })
}
