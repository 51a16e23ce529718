import type { Logger } from 'pino'
import type { Metrics } from '../../domain/metrics.ts'
import type { Tracing } from '../../domain/tracing.ts'
import { measuredLedger, measureStorageCall, measureVendorCall } from '../../worker/telemetry/measure.ts'

/** As often as a removal without any trouble asks and calls, counted in `test/workflows/ledger-calls.test.ts` and a log. */
const LEDGER_QUESTIONS = 10
const STORAGE_CALLS = 14
const VENDOR_CALLS = 6
const ACTIVITIES = 7
const LOG_LINES = 22

const OPERATIONS = ['upload', 'createDraft', 'getJob', 'startJob', 'getJob', 'getJob'] as const

/** Tells metrics and traces what one removal of a project tells them. */
export async function tellRemoval(
  { metrics, tracing }: { metrics: Metrics; tracing: Tracing },
  { project, model }: { project: string; model: string },
): Promise<void> {
  const { onQuestion, onMoved } = measuredLedger({ metrics, tracing })
  const parent = tracing.begin('removal accepted', { project }, null)
  const perActivity = (count: number): number => Math.ceil(count / ACTIVITIES)
  for (let number = 0; number < ACTIVITIES; number += 1) {
    const span = { name: 'activity', facts: { attempt: 1 }, parent, isExpected: () => false }
    await tracing.within(span, async () => {
      for (let asked = 0; asked < perActivity(LEDGER_QUESTIONS); asked += 1)
        onQuestion?.({ records: 'vendorJobs', durationMs: 3, outcome: 'ok' })
      for (let called = 0; called < perActivity(STORAGE_CALLS); called += 1)
        measureStorageCall({ metrics, tracing }, { operation: 'write', durationMs: 5, outcome: 'ok' })
      const operation = OPERATIONS[number % VENDOR_CALLS] ?? 'getJob'
      const ids = { requestId: 'req_1', vendorJobId: 'job_1' }
      measureVendorCall(
        { metrics, tracing },
        { operation, durationMs: 80, httpStatus: 200, kind: null, ...ids },
      )
    })
  }
  const moved = { project, model, heldMillicredits: 2_250, chargedMillicredits: 0 }
  onMoved?.({ ...moved, kind: 'reserve', state: 'open' })
  onMoved?.({ ...moved, kind: 'settle', chargedMillicredits: 2_250, state: 'succeeded' })
  metrics.observe('matteflow_vendor_job_duration', { model, state: 'completed' }, 30)
  metrics.observe('matteflow_vendor_queue_duration', { model }, 3)
  metrics.observe('matteflow_vendor_processing_duration', { model }, 27)
  metrics.count('matteflow_vendor_job_ends', { seen_by: 'poll' })
  metrics.count('matteflow_moved_bytes', { direction: 'up' }, 800_000)
  metrics.count('matteflow_moved_bytes', { direction: 'down' }, 400_000)
  metrics.count('matteflow_outputs', { verdict: 'fine', format: 'webm' })
  metrics.count('matteflow_removals_ended', { state: 'succeeded', kind: 'none', project })
  metrics.observe('matteflow_removal', { state: 'succeeded' }, 1)
  const times = { startMs: 0, endMs: 30_000, facts: { project }, failure: null }
  const job = { name: 'vendor job', ...times, parts: [] }
  tracing.emit({ name: 'removal', ...times, parts: [{ name: 'purchase', ...times, parts: [job] }] }, parent)
}

/** Logs what one removal logs at `info`. */
export function logRemoval(log: Logger): void {
  const ids = { removalId: 'rm_01kcq8zv4h7x2m9t3d5w', project: 'acme', user: null, reference: null }
  const temporal = {
    workflowId: 'removal/rm_01kcq8zv4h7x2m9t3d5w',
    runId: '01a2285a-b1f2-754c-9839-ac8bfc750d1d',
  }
  for (let line = 0; line < LOG_LINES; line += 1)
    log.info(
      { ...ids, ...temporal, purchase: 1, attempt: 1, durationMs: 80, requestId: 'req_1' },
      'vendor call',
    )
}
