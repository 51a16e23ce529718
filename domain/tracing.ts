/** What is written on a span. */
export type SpanFacts = Record<string, string | number | boolean | null>

/** A span whose times are known already, with what happened within it. */
export interface RecordedSpan {
  name: string
  startMs: number
  endMs: number
  facts: SpanFacts
  /** Why it failed; null where it did not. */
  failure: string | null
  parts: RecordedSpan[]
}

/**
 * Where traces go. Nothing that it is told ever fails, and nothing waits for it. `parent` is a `traceparent`, null where
 * the work belongs to no trace.
 */
export interface Tracing {
  /** Whether anybody listens: what is only written down for a trace need not be looked up otherwise. */
  isOn: boolean
  /** Begins the trace of a removal, under the caller's where there is one; gives what the rest of it belongs to. */
  begin(name: string, facts: SpanFacts, parent: string | null): string | null
  /** Runs work in a span of its own; what is recorded meanwhile lies within. Expected waiting is no failure. */
  within<Result>(
    span: {
      name: string
      facts: SpanFacts
      parent: string | null
      isExpected(error: unknown): boolean
    },
    work: () => Promise<Result>,
  ): Promise<Result>
  /** Something within the work at hand that has just ended. */
  ended(name: string, durationMs: number, facts: SpanFacts, failure: string | null): void
  /** A whole tree, from recorded times. */
  emit(tree: RecordedSpan, parent: string | null): void
}

/** For whoever traces nothing: a caller's trace goes on to the log lines all the same. */
export const NO_TRACING: Tracing = {
  isOn: false,
  begin: (_name, _facts, parent) => parent,
  within: (_span, work) => work(),
  ended() {},
  emit() {},
}
