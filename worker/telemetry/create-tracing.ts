import type { Context, Span, TracerProvider } from '@opentelemetry/api'
import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { traceParentFrom, traceParentText } from '../../domain/trace-parent.ts'
import type { RecordedSpan, SpanFacts, Tracing } from '../../domain/tracing.ts'
import { NO_TRACING } from '../../domain/tracing.ts'
import { productVersion } from '../versions.ts'

/**
 * Traces by OpenTelemetry's API alone: whoever has registered its SDK gets the spans, and without one they cost nothing.
 * No interceptor runs in workflows, so that histories are the same with tracing and without.
 */
export function createTracing(provider: TracerProvider = trace.getTracerProvider()): Tracing {
  const tracer = provider.getTracer('matteflow', productVersion())
  // Without an SDK no span has an id, and nothing is worth looking up for them. A sampler may leave out any one span.
  if (!isSpanContextValid(tracer.startSpan('probe').spanContext())) return NO_TRACING
  const emit = ({ name, startMs, endMs, facts, failure, parts }: RecordedSpan, within: Context): void => {
    const span = tracer.startSpan(name, { startTime: startMs, attributes: attributesFrom(facts) }, within)
    const inner = trace.setSpan(within, span)
    for (const part of parts) emit(part, inner)
    end(span, failure, endMs)
  }
  return {
    isOn: true,
    begin(name, facts, parent) {
      const span = tracer.startSpan(name, { attributes: attributesFrom(facts) }, contextOf(parent))
      span.end()
      const { traceId, spanId, traceFlags } = span.spanContext()
      return traceParentText({ traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 })
    },
    within({ name, facts, parent, isExpected }, work) {
      const outer = contextOf(parent)
      const span = tracer.startSpan(name, { attributes: attributesFrom(facts) }, outer)
      return context.with(trace.setSpan(outer, span), async () => {
        try {
          const result = await work()
          end(span, null)
          return result
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error)
          end(span, isExpected(error) ? null : reason)
          throw error
        }
      })
    },
    ended(name, durationMs, facts, failure) {
      const active = context.active()
      // Outside of any removal, a look at prices for instance, there is no trace to belong to.
      if (trace.getSpan(active) === undefined) return
      const endMs = Date.now()
      emit({ name, startMs: endMs - durationMs, endMs, facts, failure, parts: [] }, active)
    },
    emit: (tree, parent) => emit(tree, contextOf(parent)),
  }
}

function contextOf(parent: string | null): Context {
  const known = traceParentFrom(parent)
  if (known === null) return ROOT_CONTEXT
  const { traceId, spanId, isSampled } = known
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

function attributesFrom(facts: SpanFacts): Record<string, string | number | boolean> {
  const known = Object.entries(facts).filter(
    (entry): entry is [string, string | number | boolean] => entry[1] !== null,
  )
  return Object.fromEntries(known.map(([name, value]) => [`matteflow.${name}`, value]))
}

const LONGEST_MESSAGE = 300

function end(span: Span, failure: string | null, endMs?: number): void {
  if (failure !== null)
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure.slice(0, LONGEST_MESSAGE) })
  span.end(endMs)
}
