import { join } from 'node:path'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import pino from 'pino'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { NO_METRICS } from '../../domain/metrics.ts'
import { NO_TRACING } from '../../domain/tracing.ts'
import { freePort } from '../../testing/postgres-server.ts'
import { createMetrics, EXPORTER_FORM } from '../../worker/telemetry/create-metrics.ts'
import { createTracing } from '../../worker/telemetry/create-tracing.ts'
import { LINE_FORM } from '../../worker/telemetry/line-form.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { startLightWorkers } from '../pipeline/bench-workers.ts'
import { instantDependencies } from '../pipeline/instant-dependencies.ts'
import { instantRemoval } from '../pipeline/pipeline-figure.ts'
import { runMany } from '../pipeline/run-many.ts'
import { withTemporal } from '../stack/with-temporal.ts'
import { logRemoval, tellRemoval } from './what-a-removal-tells.ts'

const IN_FLIGHT = 50
const RUNS = { quick: 50, full: 150 } as const
const TOLD = { quick: 1_000, full: 10_000 } as const
const SCRAPES = 9
const PROJECTS = 50
const MODELS = ['original', 'light', 'pro', 'human']
const AIM = 0.03

/** What is seen of removals costs CPU: each kind beside the pipeline's own, and what a scrape has to carry. */
export async function observingFigure(context: BenchContext): Promise<BenchRow[]> {
  const { quick, progress } = context
  const size = quick ? 'quick' : 'full'
  const port = await freePort()
  const bindAddress = `127.0.0.1:${port}`
  Runtime.install({
    // Its lines would be a part of what is measured.
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { metrics: { prometheus: { bindAddress, ...EXPORTER_FORM } } },
  })
  progress('the CPU of a removal in a world that answers at once')
  const pipelineMs = await pipelineCpuMs(context, RUNS[size])
  progress(`what ${TOLD[size]} removals tell`)
  const metrics = createMetrics(Runtime.instance().metricMeter)
  const tracing = createTracing(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(NOWHERE)] }),
  )
  const log = pino({ ...LINE_FORM }, pino.destination({ dest: '/dev/null', sync: true }))
  const who = (number: number) => ({
    project: `project-${number % PROJECTS}`,
    model: MODELS[number % MODELS.length] ?? 'original',
  })
  const costs = [
    ['metrics', await cpuMsOf(TOLD[size], (n) => tellRemoval({ metrics, tracing: NO_TRACING }, who(n)))],
    ['log lines', await cpuMsOf(TOLD[size], () => logRemoval(log))],
    ['traces', await cpuMsOf(TOLD[size], (n) => tellRemoval({ metrics: NO_METRICS, tracing }, who(n)))],
  ] as const
  const beside = { what: 'the pipeline without them', value: pipelineMs }
  const scraped = await scrapes(`http://${bindAddress}/metrics`)
  return [
    ...costs.map(([what, value]) =>
      row({
        figure: `${what}: CPU of one removal`,
        value,
        unit: 'ms',
        beside,
        aim: `at most ${AIM * 100} %`,
        met: value / pipelineMs <= AIM,
      }),
    ),
    row({
      figure: `scrape after ${TOLD[size]} removals of ${PROJECTS} projects`,
      value: scraped.ms,
      unit: 'ms',
      note: `${Math.round(scraped.bytes / 1_000)} kB`,
    }),
    row({ figure: 'time series then', value: scraped.series, unit: 'series' }),
  ]
}

const NOWHERE = { export: () => {}, shutdown: async () => {} }

function pipelineCpuMs({ folder }: BenchContext, runs: number): Promise<number> {
  return withTemporal(async (temporal) => {
    const clip = join(folder, 'clip.mp4')
    await makeDemoClip(clip, 'green', 1)
    const end = await startLightWorkers(temporal, await instantDependencies(clip, folder))
    try {
      const one = () => instantRemoval(temporal)
      // What a first run finds cold is not what is measured.
      await runMany(IN_FLIGHT, IN_FLIGHT, one)
      const before = process.cpuUsage()
      await runMany(runs, IN_FLIGHT, one)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1_000 / runs
    } finally {
      await end()
    }
  })
}

async function cpuMsOf(count: number, one: (number: number) => unknown): Promise<number> {
  for (let number = 0; number < 100; number += 1) await one(number)
  const before = process.cpuUsage()
  for (let number = 0; number < count; number += 1) await one(number)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / count
}

async function scrapes(url: string): Promise<{ ms: number; bytes: number; series: number }> {
  const times: number[] = []
  let text = ''
  for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
    const begun = performance.now()
    text = await (await fetch(url)).text()
    times.push(performance.now() - begun)
  }
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
  return { ms: median(times), bytes: text.length, series }
}
