import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { createTracing } from '../../../worker/telemetry/create-tracing.ts'
import { startExporter } from '../../../worker/telemetry/start-exporter.ts'

/** A log that keeps what it is told, by level. */
function keptLog() {
  const lines: (object | string | undefined)[][] = []
  const at =
    (level: string) =>
    (facts: object | string, message?: string): void =>
      void lines.push([level, facts, message])
  return { log: { warn: at('warn'), info: at('info') }, lines }
}

const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }

describe('traces that the OTEL_ variables ask for', () => {
  it('are not exported where the SDK is not installed, which is said with what to do', async () => {
    const { log, lines } = keptLog()

    expect(await startExporter(COLLECTOR, log, '@opentelemetry/sdk-that-nobody-installed')).toBeNull()
    expect(lines).toEqual([
      [
        'warn',
        expect.objectContaining({ hint: expect.stringContaining('npm install @opentelemetry/sdk-node') }),
        'no traces are exported',
      ],
    ])
  })

  it.each([
    ['nothing', {}],
    ['no traces', { ...COLLECTOR, OTEL_TRACES_EXPORTER: 'none' }],
    ['no SDK', { ...COLLECTOR, OTEL_SDK_DISABLED: 'true' }],
  ])('are not exported, and not spoken of, where they ask for %s', async (_what, environment) => {
    const { log, lines } = keptLog()

    expect(await startExporter(environment, log)).toBeNull()
    expect(lines).toEqual([])
  })
})

describe('a sampler that leaves out what nobody asked to trace', () => {
  it('still traces a removal whose caller is sampled', () => {
    const exporter = new InMemorySpanExporter()
    const tracing = createTracing(
      new BasicTracerProvider({
        sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }),
        spanProcessors: [new SimpleSpanProcessor(exporter)],
      }),
    )
    const sampled = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const tree = (name: string) => ({ name, startMs: 1, endMs: 2, facts: {}, failure: null, parts: [] })

    tracing.emit(tree('of a caller'), tracing.begin('accepted', {}, sampled))
    tracing.emit(tree('of nobody'), tracing.begin('accepted', {}, null))

    expect(tracing.isOn).toBe(true)
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['accepted', 'of a caller'])
  })
})
