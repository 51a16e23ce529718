/** Which parts of each output went out, so that a resumed download counts as one. */
export type Downloads = {
  /** Tells whether the whole output was served by now, in one piece or several. */
  sent(jobId: string, start: number, end: number, sizeBytes: number): boolean
}

type Span = { start: number; end: number }

export function createDownloads(): Downloads {
  const served = new Map<string, Span[]>()
  return {
    sent(jobId, start, end, sizeBytes) {
      const spans = [...(served.get(jobId) ?? []), { start, end }].sort((a, b) => a.start - b.start)
      served.set(jobId, spans)
      const reached = spans.reduce((to, span) => (span.start <= to ? Math.max(to, span.end) : to), 0)
      return reached >= sizeBytes
    },
  }
}
