import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRemovals } from '../../client/create-removals.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { answerHtml } from '../../sandbox/index.ts'
import { replayHistories } from '../../worker/replay/replay-histories.ts'
import { createTracing } from '../../worker/telemetry/create-tracing.ts'
import { clip } from '../support/clips.ts'
import { useEnvironments } from './support/use-environments.ts'

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const TRACEPARENT = `00-${CALLER.traceId}-${CALLER.spanId}-01`

const anEnvironment = useEnvironments('dev')
const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
let source: string

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  source = await clip('green')
})
afterAll(() => context.disable())

/** One removal through everything, with a retry and a park, and what was traced of it. */
async function traced(traceparent: string | undefined) {
  exporter.reset()
  const tracing = createTracing(provider)
  const environment = await anEnvironment({ tracing })
  const { client } = environment.temporal
  const { storage } = environment.dependencies
  const removals = createRemovals({ client, storage, vendorBaseUrl: environment.sandbox.url })
  environment.sandbox.addFaults([answerHtml('create', 503)])
  environment.sandbox.setCredits(0)
  const { id } = await removals.start({ source, project: 'acme' }, { traceparent })
  await removals.result(id).catch(() => {})
  environment.sandbox.setCredits(null)
  await removals.resume(id, { by: 'ada', note: 'topped up' })
  const document = await removals.result(id)
  const spans = exporter
    .getFinishedSpans()
    .filter(({ name, attributes }) => name !== 'probe' && attributes['matteflow.removal_id'] !== 'other')
  const history = await client.workflow.getHandle(workflowIdOf(id)).fetchHistory()
  return { id, document, spans, history }
}

const named = (spans: ReadableSpan[], name: string) => spans.filter((span) => span.name === name)
const childrenOf = (spans: ReadableSpan[], parent: ReadableSpan | undefined) =>
  spans.filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId)

describe('a removal whose caller has a trace', () => {
  it('is part of it: each attempt with its calls, and the whole as one tree when it settles', async () => {
    const { id, document, spans, history } = await traced(TRACEPARENT)

    expect(document.state).toBe('succeeded')
    const strangers = spans.filter((span) => span.spanContext().traceId !== CALLER.traceId)
    expect(strangers.map(({ name, attributes }) => ({ name, ...attributes }))).toEqual([])
    // No span hangs in the air: each has a parent that is there, or the caller.
    const ids = new Set([CALLER.spanId, ...spans.map((span) => span.spanContext().spanId)])
    for (const span of spans) expect(ids, span.name).toContain(span.parentSpanContext?.spanId)

    const attempts = named(spans, 'createVendorJob')
    expect(attempts.map(({ status }) => status.code)).toContain(2)
    expect(childrenOf(spans, attempts[0]).map(({ name }) => name)).toContain('vendor createDraft')
    const within = (name: string) => childrenOf(spans, named(spans, name)[0]).map((span) => span.name)
    expect(within('retrieveOutput')).toContain('storage adopt')
    expect(within('startVendorJob')).toContain('ledger vendorJobs')

    const [tree] = named(spans, 'removal')
    expect(tree?.attributes).toMatchObject({
      'matteflow.removal_id': id,
      'matteflow.state': 'succeeded',
      'matteflow.project': 'acme',
    })
    const parts = childrenOf(spans, tree)
    expect(parts.map(({ name }) => name).sort((a, b) => a.localeCompare(b))).toEqual([
      'parked for InsufficientCredits',
      'purchase',
    ])
    const [park] = named(spans, 'parked for InsufficientCredits')
    expect(park?.attributes).toMatchObject({ 'matteflow.by': 'ada', 'matteflow.note': 'topped up' })
    expect(park?.ended).toBe(true)
    expect(childrenOf(spans, named(spans, 'purchase')[0]).map(({ name }) => name)).toEqual(['vendor job'])

    expect(await replayHistories([history])).toEqual([expect.objectContaining({ failure: null })])
  })
})

describe('a removal whose caller has a malformed trace', () => {
  it('has one of its own, and is otherwise as any other', async () => {
    const { document, spans } = await traced('00-nonsense')

    expect(document.state).toBe('succeeded')
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBeLessThanOrEqual(2)
    const [accepted] = named(spans, 'removal accepted')
    expect(childrenOf(spans, accepted).map(({ name }) => name)).toContain('removal')
  })
})
