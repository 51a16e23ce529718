import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { verifyOutput } from '../../media/verify-output.ts'
import { showStatus } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import type { ManyRuns } from './run-many.ts'
import { runMany } from './run-many.ts'
import type { Stopwatch } from './take-time.ts'
import { takeTime } from './take-time.ts'

const IN_FLIGHT = 50
const RUNS = { quick: 20, full: 200 } as const
const VERIFICATIONS = 5
const EVENTS_AIM = 60
/** A long job in small: so many polls that show it running. */
const POLLS = 6

export interface WholePipeline {
  /** Upserts of search attributes in one removal. */
  upserts: number
  rows(beside: { what: string; value: number }): BenchRow[]
}

/** Removals of a real clip through books, files, sandbox and verification. */
export async function wholePipeline(
  temporal: TestWorkflowEnvironment,
  clip: string,
  { quick }: BenchContext,
): Promise<WholePipeline> {
  const environment = await startRemovalEnvironment({ temporal, sandbox: { modes: { instant: true } } })
  try {
    const { dependencies, sandbox } = environment
    const short = await historyOf(environment, clip)
    sandbox.addFaults([showStatus('processing', POLLS)])
    const long = await historyOf(environment, clip)
    sandbox.clearFaults()
    const verifyMs = await verificationMs(short.output)

    const books: Stopwatch = { totalMs: 0 }
    const files: Stopwatch = { totalMs: 0 }
    const vendor: Stopwatch = { totalMs: 0 }
    const current = takeTime(dependencies.vendor.current, vendor)
    dependencies.books = takeTime(dependencies.books, books)
    dependencies.storage = takeTime(dependencies.storage, files)
    dependencies.vendor = { current, byAlias: () => current }
    const count = quick ? RUNS.quick : RUNS.full
    const many = await runMany(count, IN_FLIGHT, () => remove(environment, clip))
    const each = ({ totalMs }: Stopwatch): number => totalMs / count
    return {
      upserts: short.upserts,
      rows: (beside) => [
        events('history events, short job', short.events),
        events(`history events, job of more than ${POLLS} polls`, long.events),
        ...throughput(many, beside),
        step('books', each(books), 'waiting included, 50 in flight'),
        step('files', each(files), 'exchanges kept included'),
        step('vendor calls', each(vendor), 'the sandbox runs in the same process'),
        step('verification with alpha decode', verifyMs, 'one at a time'),
      ],
    }
  } finally {
    await environment.close()
  }
}

function throughput(many: ManyRuns, beside: { what: string; value: number }): BenchRow[] {
  const note = 'sandbox, books (PGlite) and ffmpeg share the processors'
  return [
    row({ figure: 'removals per second, whole pipeline', value: many.perSecond, unit: '/s', beside, note }),
  ]
}

function events(figure: string, value: number): BenchRow {
  return row({ figure, value, unit: 'events', aim: `≤ ${EVENTS_AIM}`, met: value <= EVENTS_AIM })
}

function step(name: string, value: number, note: string): BenchRow {
  return row({ figure: `of a whole removal: ${name}`, value, unit: 'ms', note })
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

async function verificationMs(path: string): Promise<number> {
  const expected = { outputFormat: 'webm', wantsAlpha: true, durationSeconds: 1 } as const
  const begun = performance.now()
  for (let run = 0; run < VERIFICATIONS; run += 1) await verifyOutput(path, expected)
  return (performance.now() - begun) / VERIFICATIONS
}
