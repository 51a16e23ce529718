import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { newRemovalId, workflowIdOf } from '../../domain/removal-id.ts'
import type { StagedInput } from '../../domain/staged-input.ts'
import { makeDemoClip } from '../../media/demo-clip.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { REMOVE_BACKGROUND } from '../../workflows/messages.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { startBareWorkers, startInstantWorkers } from './bench-workers.ts'
import { instantDependencies } from './instant-dependencies.ts'
import type { ManyRuns } from './run-many.ts'
import { runMany } from './run-many.ts'
import { wholePipeline } from './whole-pipeline.ts'

const IN_FLIGHT = 50
const RUNS = { quick: 40, full: 300 } as const
const ALONE = { quick: 5, full: 60 } as const
const ENGINE_AIM = 0.8

/** Events, throughput and latency of a removal, beside a workflow of seven activities that do nothing. */
export async function pipelineFigure(context: BenchContext): Promise<BenchRow[]> {
  const { quick, folder, progress } = context
  const clip = join(folder, 'clip.mp4')
  await makeDemoClip(clip, 'green', 1, { width: 160, height: 120 })
  progress('the whole pipeline against the sandbox')
  const whole = await withTemporal((temporal) => wholePipeline(temporal, clip, context))
  const removal = await withTemporal((temporal) => instantRemovals(temporal, clip, context))
  const bare = await withTemporal((temporal) => bareRuns(temporal, whole.upserts, quick, progress))
  const what = `bare seven activities, ${whole.upserts} upserts`
  const beside = { what, value: bare.many.perSecond }
  const { perSecond } = removal.many
  return [
    ...whole.rows(beside),
    row({
      figure: 'removals per second, engine and our code alone',
      value: perSecond,
      unit: '/s',
      beside,
      aim: `≥ ${ENGINE_AIM} of bare`,
      met: perSecond / bare.many.perSecond >= ENGINE_AIM,
      note: 'books, files and vendor answer at once; the retrieval, its download and decoding left out',
    }),
    row({
      figure: 'latency added, p50',
      value: removal.alone.p50,
      unit: 'ms',
      beside: { what, value: bare.alone.p50 },
    }),
    row({
      figure: 'latency added, p99',
      value: removal.alone.p99,
      unit: 'ms',
      beside: { what, value: bare.alone.p99 },
    }),
  ]
}

/** A server each: one that has just lost its workers may still hand tasks to them. */
async function withTemporal<Result>(
  run: (temporal: TestWorkflowEnvironment) => Promise<Result>,
): Promise<Result> {
  const temporal = await startTemporalServer('dev')
  try {
    return await run(temporal)
  } finally {
    await temporal.teardown()
  }
}

interface Measured {
  many: ManyRuns
  /** One after the other. */
  alone: ManyRuns
}

async function measure(quick: boolean, one: () => Promise<unknown>): Promise<Measured> {
  const size = quick ? 'quick' : 'full'
  // What a first run finds cold is not what is measured.
  await runMany(IN_FLIGHT, IN_FLIGHT, one)
  const many = await runMany(RUNS[size], IN_FLIGHT, one)
  return { many, alone: await runMany(ALONE[size], 1, one) }
}

async function instantRemovals(
  temporal: TestWorkflowEnvironment,
  clip: string,
  { quick, folder, progress }: BenchContext,
): Promise<Measured> {
  progress('removals in a world that answers at once')
  const endWorkers = await startInstantWorkers(temporal, await instantDependencies(clip, folder))
  try {
    return await measure(quick, () => {
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
    })
  } finally {
    await endWorkers()
  }
}

async function bareRuns(
  temporal: TestWorkflowEnvironment,
  upserts: number,
  quick: boolean,
  progress: BenchContext['progress'],
): Promise<Measured> {
  progress('the bare workflow')
  const endWorkers = await startBareWorkers(temporal)
  try {
    return await measure(quick, () =>
      temporal.client.workflow.execute('bareSeven', {
        workflowId: `bare/${randomUUID()}`,
        taskQueue: TASK_QUEUES.own,
        args: [upserts],
      }),
    )
  } finally {
    await endWorkers()
  }
}
