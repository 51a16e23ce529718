/** Where a piece of work belongs, by W3C Trace Context: lower-case hexadecimal. */
export interface TraceParent {
  traceId: string
  spanId: string
  isSampled: boolean
}

/** Later versions may append fields; version ff is none. */
const FORM = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/

/** What a `traceparent` says; null for one that is malformed, which is no error: the work is then not part of a trace. */
export function traceParentFrom(text: unknown): TraceParent | null {
  if (typeof text !== 'string' || text.length > 256) return null
  const [, traceId = '', spanId = '', flags = ''] = FORM.exec(text.trim()) ?? []
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return null
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The same as text, in the one form that everybody reads. */
export function traceParentText({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}
