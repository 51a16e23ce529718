import { readdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workflowIdOf } from '../../../domain/removal-id.ts'
import type { RequestRecord } from '../../../sandbox/index.ts'
import { productVersion, sdkVersion } from '../../../worker/versions.ts'
import { isSeen, namedInOps, seenMetrics } from '../../ops/support/named-metrics.ts'
import type { ReceivedSpan } from '../../support/otlp-receiver.ts'
import { until } from '../plant/until.ts'
import type { Traces } from './leave-traces.ts'
import { CALLER, leaveTraces, OWN_IDS, PLAYED, URL_TOKEN } from './leave-traces.ts'
import type { LogLine } from './talking-worker.ts'

const [DEBUG, INFO, WARN] = ['debug', 'info', 'warn']
const isWarning = ({ level }: LogLine) => ['warn', 'error', 'fatal'].includes(level)
const isNews = (line: LogLine) => line.level === INFO || isWarning(line)

let traces: Traces

beforeAll(async () => {
  traces = await leaveTraces()
}, 120_000)

afterAll(async () => {
  await traces?.close()
}, 60_000)

const linesOf = (id: string) => traces.worker.lines().filter(({ removalId }) => removalId === id)
const isCall = ({ msg }: LogLine) => msg === 'vendor call' || msg === 'vendor call failed'
/** What the worker asked the vendor's API and had an answer to; files come from elsewhere, and one upload is the test's own. */
const calls = (): readonly RequestRecord[] =>
  traces.sandbox
    .requests()
    .filter(
      ({ route, occurrence, status }) =>
        status !== null && route !== 'output' && route !== 'source' && !isOurs(route, occurrence),
    )
const isOurs = (route: string, occurrence: number) => route === 'upload' && occurrence === 3

const runOf = {
  product: 'matteflow',
  version: productVersion(),
  temporalSdk: sdkVersion(),
  host: hostname(),
  pid: expect.any(Number),
  build: expect.stringContaining(productVersion()),
  ...OWN_IDS,
}

describe('the log of a worker', () => {
  it('has one line for each vendor call, with every id that is known of it', () => {
    const logged = traces.worker.lines().filter(isCall)

    expect(new Set(logged.map(({ requestId }) => requestId)).size).toBe(logged.length)
    expect(logged).toHaveLength(calls().length)
    for (const line of logged) {
      const asked = calls().find(({ requestId }) => requestId === line['requestId'])
      expect(line).toMatchObject({
        ...runOf,
        removalId: expect.any(String),
        workflowId: workflowIdOf(String(line['removalId'])),
        runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        attempt: expect.any(Number),
        operation: expect.any(String),
        durationMs: expect.any(Number),
        httpStatus: asked?.status,
      })
      if (asked?.jobId) expect(line['vendorJobId']).toBe(asked.jobId)
    }
  })

  it('tells of looks at a running job, and of failed calls, only at debug: the step that met one tells of it', () => {
    for (const line of traces.worker.lines().filter(isCall)) {
      const expected = line['operation'] === 'getJob' || line['kind'] !== undefined ? DEBUG : INFO
      expect([line.msg, line['operation'], line.level]).toEqual([line.msg, line['operation'], expected])
    }
    const waiting = traces.worker.lines().filter(({ kind }) => kind === 'StillWaiting')
    expect(waiting.length).toBeGreaterThan(2)
    for (const { level } of waiting) expect(level).toBe(DEBUG)
  })

  it.each([
    ['retried', ['uploading', 'drafting', 'starting', 'processing', 'retrieving', 'succeeded']],
    [
      'parked',
      [
        'uploading',
        'drafting',
        'starting',
        'parked',
        'uploading',
        'drafting',
        'starting',
        'processing',
      ].concat(['retrieving', 'succeeded']),
    ],
    ['linked', ['drafting', 'starting', 'processing', 'retrieving', 'succeeded']],
    ['doomed', ['uploading', 'drafting', 'starting', 'processing', 'failed']],
  ])('has one line for each change of the state of %s', (id, states) => {
    const changes = linesOf(id).filter(({ state }) => state !== undefined)

    expect(changes.map(({ state }) => state)).toEqual(states)
    for (const line of changes)
      expect(line).toMatchObject({ ...runOf, workflowId: workflowIdOf(id), runId: expect.any(String) })
  })

  it('has one line for a retry, with what failed and when it is repeated', () => {
    const retries = linesOf('retried').filter(isWarning)
    const [failed] = calls().filter(({ status }) => status === 503)

    expect(retries).toEqual([
      expect.objectContaining({
        ...runOf,
        activityType: 'createVendorJob',
        attempt: 1,
        kind: 'VendorUnavailable',
        isRetryable: true,
        nextRetryDelay: expect.any(Number),
        requestId: failed?.requestId,
        durationMs: expect.any(Number),
        reason: expect.stringContaining('503'),
      }),
    ])
  })

  it('says once why a removal parks', () => {
    const refusal = calls().find(({ status }) => status === 402)

    expect(linesOf('parked').filter(({ state }) => state === 'parked')).toEqual([
      expect.objectContaining({
        level: WARN,
        purchase: 1,
        kind: 'InsufficientCredits',
        requestId: refusal?.requestId,
        vendorJobId: refusal?.jobId,
        reason: expect.stringContaining('402'),
      }),
    ])
  })

  it('says once, as a warning, how a removal failed', () => {
    const ends = traces.worker.lines().filter(({ msg }) => /^(removal|workflow) failed/i.test(msg))

    expect(ends.filter(isNews)).toEqual([
      expect.objectContaining({
        ...runOf,
        level: WARN,
        removalId: 'doomed',
        workflowId: workflowIdOf('doomed'),
        kind: 'ProcessingFailed',
        vendorJobId: expect.any(String),
        vendorJobs: [expect.any(String)],
        reason: expect.stringContaining('GPU worker lost'),
      }),
    ])
  })

  it('has no failure for a call that a cancellation ended, and says who cancelled', () => {
    const isCancelledCall = ({ msg }: LogLine) => msg === 'vendor call cancelled'
    const lines = linesOf('dropped')

    expect(lines.filter(isWarning)).toEqual([])
    expect(lines.filter(isCancelledCall)).toEqual([
      expect.objectContaining({ level: DEBUG, operation: 'getJob', kind: 'Cancelled' }),
    ])
    expect(lines.filter(({ msg }) => msg === 'a cancellation was asked for')).toEqual([
      expect.objectContaining({ ...runOf, level: INFO, by: 'ada', note: 'the wrong clip' }),
    ])
    expect(lines.filter(({ state }) => state === 'cancelled')).toEqual([
      expect.objectContaining({ level: INFO, msg: 'removal cancelled' }),
    ])
    expect(traces.metrics.worker).toMatch(
      /^matteflow_vendor_calls_total\{.*kind="Cancelled".*status="none".*\} 1$/m,
    )
  })

  it('tells who resumed a removal, and of each failure at most once above debug', () => {
    expect(linesOf('parked').filter(({ msg }) => msg === 'removal resumed')).toEqual([
      expect.objectContaining({ ...runOf, level: INFO, by: 'ada', note: 'topped up' }),
    ])
    const told = traces.worker.lines().filter((line) => isWarning(line) && line['attempt'] !== undefined)
    const keys = told.map((line) => [line['requestId'], line['activityType']].join())
    expect(new Set(keys).size).toBe(keys.length)
    for (const { time } of told) expect(time).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  it('warns of nothing that is as it should be', () => {
    const warnings = traces.worker.lines().filter(isWarning)

    expect(warnings.every(({ kind }) => kind !== undefined)).toBe(true)
  })
})

/** What a job of the clip by the model that is played holds. */
const HELD_MILLICREDITS = 2_250

describe('the metrics of a worker and a gateway', () => {
  it("are Temporal's and matteflow's own", () => {
    expect(traces.metrics.worker).toMatch(/^temporal_workflow_completed_total\{/m)
    expect(traces.metrics.worker).toMatch(/^temporal_activity_execution_latency_seconds_count\{/m)
    expect(traces.metrics.worker).toMatch(/^matteflow_removals_ended_total\{.*state="succeeded".*\} 3$/m)
    expect(traces.metrics.worker).toMatch(
      /^matteflow_removals_ended_total\{.*kind="ProcessingFailed".*\} 1$/m,
    )
    expect(traces.metrics.worker).toMatch(/^matteflow_parked\{.*kind="InsufficientCredits".*\} \d+$/m)
  })

  it('say what a gateway has answered, by route and status, with no name of a caller', () => {
    const { gateway } = traces.metrics
    const answered = (status: number, route: string, count: number) =>
      expect(gateway).toContain(
        `_count{method="${route.startsWith('/webhooks') ? 'POST' : 'GET'}",route="${route}",status="${status}"} ${count}`,
      )
    answered(200, '/v1/removals/:id', 2)
    answered(404, '/v1/removals/:id', 1)
    answered(404, '/webhooks/removebgvideo/:removalId/:token?', 1)
    expect(gateway).toContain('matteflow_gateway_callbacks_total{outcome="refused"} 1')
    expect(gateway).not.toMatch(/retried|doomed|nobody|forged|shop/)
  })

  it('say which calls, credits and outputs there were', () => {
    expect(traces.metrics.worker).toMatch(/^matteflow_vendor_calls_total\{.*status="402".*\} 1$/m)
    expect(traces.metrics.worker).toMatch(/^matteflow_removals_parked_total\{.*project="shop".*\} 1$/m)
    expect(traces.metrics.worker).toMatch(/^matteflow_outputs_total\{format="webm",.*verdict="fine".*\} 3$/m)
    const settled =
      sumOf('matteflow_millicredits_charged_total') + sumOf('matteflow_millicredits_released_total')
    // The job of the removal that was cancelled may run on.
    expect(sumOf('matteflow_millicredits_reserved_total')).toBe(settled + HELD_MILLICREDITS)
    expect(traces.metrics.worker).toMatch(/^matteflow_reporting\S* 1$/m)
  })

  it('are all that dashboards and alerts ask for, with every label', async () => {
    const seen = seenMetrics(traces.metrics.worker + traces.metrics.gateway)
    const asked = await namedInOps()

    expect(asked.length).toBeGreaterThan(60)
    expect(asked.filter(({ metric, labels }) => !isSeen(metric, labels, seen))).toEqual([])
    // A name or a label that nobody exports is found.
    expect(isSeen('matteflow_parked_total', [], seen)).toBe(false)
    expect(isSeen('matteflow_parked', ['colour'], seen)).toBe(false)
  })
})

describe('the traces of a worker that is told by OTEL_ variables where to', () => {
  /** The whole tree of a removal, and every span of its trace. */
  const traceOf = async (id: keyof typeof PLAYED) => {
    const isTree = (span: ReceivedSpan) => span.name === 'removal' && factsOf(span)['removal_id'] === id
    await until(() => traces.collector.spans().some(isTree))
    const tree = traces.collector.spans().find(isTree)
    const spans = traces.collector.spans().filter(({ traceId }) => traceId === tree?.traceId)
    const parts = (span: ReceivedSpan | undefined) =>
      spans.filter(({ parentSpanId }) => parentSpanId === span?.spanId)
    return { tree, spans, parts, root: spans.find(({ name }) => name === 'removal accepted') }
  }
  const factsOf = ({ attributes }: ReceivedSpan) =>
    Object.fromEntries(
      attributes.map(({ key, value }) => [key.replace('matteflow.', ''), Object.values(value)[0]]),
    )
  const [OK, ERROR] = [0, 2]

  it('are said in the log, and of the service', async () => {
    await traceOf('doomed')
    expect(traces.collector.services()).toEqual(new Set(['matteflow']))
    expect(traces.worker.lines().filter(({ msg }) => msg.startsWith('traces are exported'))).toHaveLength(1)
  })

  it('are one tree for each removal, in which no span hangs in the air', async () => {
    for (const id of Object.keys(PLAYED) as (keyof typeof PLAYED)[]) {
      const { spans, root } = await traceOf(id)
      const known = spans.map(({ spanId }) => spanId)
      const ids = new Set(id === 'linked' ? [CALLER.spanId, ...known] : known)
      for (const span of spans.filter((each) => each !== root))
        expect(ids, span.name).toContain(span.parentSpanId)
      expect(known).toContain(root?.spanId)
      expect(root?.parentSpanId ?? '').toBe(id === 'linked' ? CALLER.spanId : '')
      if (id === 'linked') expect(root?.traceId).toBe(CALLER.traceId)
    }
  })

  it('show a retry as two attempts, the first with the call that failed', async () => {
    const { spans, parts } = await traceOf('retried')
    const attempts = spans.filter(({ name }) => name === 'createVendorJob')

    expect(attempts.map((span) => [factsOf(span)['attempt'], span.status.code])).toEqual([
      [1, ERROR],
      [2, OK],
    ])
    const calls = attempts.map((attempt) => parts(attempt).find(({ name }) => name === 'vendor createDraft'))
    expect(calls.map((call) => call && factsOf(call)['http_status'])).toEqual([503, 200])
  })

  it('show a park as a span that has ended, with who ended it, and what was bought beside it', async () => {
    const { tree, parts } = await traceOf('parked')
    const park = parts(tree).find(({ name }) => name === 'parked for InsufficientCredits')
    const [job] = parts(parts(tree).find(({ name }) => name === 'purchase'))

    expect(park && factsOf(park)).toMatchObject({ ended_by: 'person', by: 'ada', note: 'topped up' })
    expect(BigInt(park?.endTimeUnixNano ?? 0)).toBeGreaterThan(BigInt(park?.startTimeUnixNano ?? 0))
    expect(job && factsOf(job)).toMatchObject({ model: 'human', status: 'completed' })
    expect(tree?.status.code).toBe(OK)
  })

  it('show a failure, and have no key, no signed URL and no media', async () => {
    const { tree } = await traceOf('doomed')
    expect(tree?.status).toMatchObject({ code: ERROR, message: expect.stringContaining('GPU worker lost') })

    const all = JSON.stringify(traces.collector.spans())
    expect(all).not.toContain(traces.sandbox.keys[0])
    expect(all).not.toContain(URL_TOKEN)
    expect(all).not.toMatch(/signature=|expires=/i)
  })

  it('are named in every line of the log about the removal', async () => {
    const { tree } = await traceOf('linked')
    const named = linesOf('linked').filter(({ activityType }) => activityType !== undefined)
    expect(named.length).toBeGreaterThan(5)
    for (const line of named) expect(line['traceId'], line.msg).toBe(tree?.traceId)
  })
})

describe('what removals leave behind', () => {
  it.each([
    ['printed', async () => [traces.worker.printed()], '"operation":"startJob"'],
    ['stored, and left in the home', () => filesUnder(traces.folder), '/outputs/'],
    ['kept in the histories', () => Promise.all(Object.keys(PLAYED).map(historyOf)), 'createVendorJob'],
    ['written into the ledger', rowsOfTheLedger, 'order 4711'],
  ])('has no key and no signed URL in what is %s', async (_where, read, proof) => {
    const texts = await read()

    // Proof that this was read: what may stand in it does.
    expect(texts.join()).toContain(proof)
    for (const text of texts) {
      expect(text).not.toContain(traces.sandbox.keys[0])
      expect(text).not.toMatch(/signature=|expires=/i)
      expect(text).not.toContain(URL_TOKEN)
    }
  })

  it('has no file of a transfer, and no input', async () => {
    const entries = await readdir(traces.folder, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))

    expect(files.filter((path) => /\.part|\/inputs\//.test(path))).toEqual([])
  })
})

/** Over all series of a counter. */
function sumOf(metric: string): number {
  const values = traces.metrics.worker.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? (\\d+)$`, 'gm'))
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0)
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
}

/** As it is kept, and once more with its payloads, which are base64 in its JSON, made readable. */
async function historyOf(id: string): Promise<string> {
  const { workflow } = traces.temporal.client
  const handle = workflow.getHandle(workflowIdOf(id))
  const raw = JSON.stringify([await handle.fetchHistory(), (await handle.describe()).raw])
  const readable = raw.replaceAll(/"([A-Za-z0-9+/=]{8,})"/g, (_all, text: string) =>
    Buffer.from(text, 'base64').toString('utf8'),
  )
  return raw + readable
}

/** Every row of every table, without the one column that may hold such a URL (docs/decisions). */
async function rowsOfTheLedger(): Promise<string[]> {
  const { database } = traces
  const tables = await database.execute(
    sql`select table_name from information_schema.tables where table_schema = 'public'`,
  )
  const rows = await Promise.all(
    tables.rows.map(({ table_name: name }) =>
      database.execute(sql`select to_jsonb(t) - 'video_url' as row from ${sql.identifier(String(name))} t`),
    ),
  )
  return rows.flatMap((table) => table.rows.map(({ row }) => JSON.stringify(row)))
}
