import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { verifyOutput } from '../../adapters/media/output/verify-output.ts'
import { showStatus } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { runMany } from './run-many.ts'
import type { Stopwatch } from './take-time.ts'
import { takeTime } from './take-time.ts'

const IN_FLIGHT = 50
const RUNS = { quick: 20, full: 100 } as const
const ALONE = { quick: 5, full: 25 } as const
const VERIFICATIONS = { quick: 2, full: 10 } as const
const EVENTS_AIM = 60
/** A long job in small: so many polls that show it running. */
const POLLS = 6

export interface WholePipeline {
  /** Upserts of search attributes in one removal. */
  upserts: number
  events: BenchRow[]
  /** At `IN_FLIGHT` at a time. */
  perSecond: number
  /** Of one removal after the other, milliseconds, without what the vendor took. */
  addedMs: number[]
  /** Median milliseconds of one removal. */
  steps: { name: string; value: number }[]
}

/** Removals of a real clip through ledger, files, sandbox and verification. */
export async function wholePipeline(
  temporal: TestWorkflowEnvironment,
  clip: string,
  { quick }: BenchContext,
): Promise<WholePipeline> {
  const size = quick ? 'quick' : 'full'
  const environment = await startRemovalEnvironment({ temporal, sandbox: { modes: { instant: true } } })
  try {
    const { sandbox } = environment
    const short = await historyOf(environment, clip)
    sandbox.addFaults([showStatus('processing', POLLS)])
    const long = await historyOf(environment, clip)
    sandbox.clearFaults()
    const verification = await verificationMs(short.output, VERIFICATIONS[size])
    const alone = await oneByOne(environment, clip, ALONE[size])
    const { perSecond } = await runMany(RUNS[size], IN_FLIGHT, () => remove(environment, clip))
    return {
      upserts: short.upserts,
      events: [
        events('history events, short job', short.events),
        events(`history events, job of more than ${POLLS} polls`, long.events),
      ],
      perSecond,
      addedMs: alone.map(({ wholeMs, vendorMs }) => wholeMs - vendorMs),
      steps: [
        { name: 'ledger (PGlite)', value: median(alone.map(({ ledgerMs }) => ledgerMs)) },
        { name: 'files, exchanges kept included', value: median(alone.map(({ filesMs }) => filesMs)) },
        { name: 'vendor calls', value: median(alone.map(({ vendorMs }) => vendorMs)) },
        { name: 'verification with alpha decode', value: verification },
      ],
    }
  } finally {
    await environment.close()
  }
}

interface AloneRun {
  wholeMs: number
  ledgerMs: number
  filesMs: number
  vendorMs: number
}

async function oneByOne(environment: RemovalEnvironment, clip: string, count: number): Promise<AloneRun[]> {
  const { dependencies } = environment
  const { ledger, storage, vendor } = dependencies
  const watches = { ledger: stopwatch(), files: stopwatch(), vendor: stopwatch() }
  const current = takeTime(vendor.current, watches.vendor)
  dependencies.ledger = takeTime(ledger, watches.ledger)
  dependencies.storage = takeTime(storage, watches.files)
  dependencies.vendor = { current, byAlias: () => current }
  const runs: AloneRun[] = []
  while (runs.length < count) {
    for (const watch of Object.values(watches)) watch.totalMs = 0
    const begun = performance.now()
    await remove(environment, clip)
    runs.push({
      wholeMs: performance.now() - begun,
      ledgerMs: watches.ledger.totalMs,
      filesMs: watches.files.totalMs,
      vendorMs: watches.vendor.totalMs,
    })
  }
  Object.assign(dependencies, { ledger, storage, vendor })
  return runs
}

function stopwatch(): Stopwatch {
  return { totalMs: 0, calls: 0 }
}

function events(figure: string, value: number): BenchRow {
  return row({ figure, value, unit: 'events', aim: `≤ ${EVENTS_AIM}`, met: value <= EVENTS_AIM })
}

async function remove(environment: RemovalEnvironment, clip: string) {
  const handle = await environment.start({ source: clip, model: 'human' })
  return { handle, document: await handle.result() }
}

async function historyOf(environment: RemovalEnvironment, clip: string) {
  const { handle, document } = await remove(environment, clip)
  const { events: list } = await handle.fetchHistory()
  const upserts = (list ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length
  return { events: list?.length ?? 0, upserts, output: fileURLToPath(document.output?.location ?? '') }
}

async function verificationMs(path: string, count: number): Promise<number> {
  const expected = {
    outputFormat: 'webm',
    wantsAlpha: true,
    inputSeconds: [1],
    vendorSeconds: null,
  } as const
  const times: number[] = []
  while (times.length < count) {
    const begun = performance.now()
    await verifyOutput(path, expected)
    times.push(performance.now() - begun)
  }
  return median(times)
}
