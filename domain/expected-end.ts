import { usualProcessingMs } from './processing-time.ts'
import type { RemovalDocument } from './removal-document.ts'

/**
 * When a removal will probably end, ISO 8601: by its reported progress, else by its model's usual speed. Null while
 * nothing is known, while it stands parked, and after its end.
 */
export function expectedEndOf(
  { state, progress, requested, input, createdAt }: RemovalDocument,
  nowMs: number,
): string | null {
  if (state !== 'processing' || requested === null) return null
  const usualMs = usualProcessingMs(requested.model, input?.durationSeconds ?? null)
  if (progress !== null && progress > 0)
    return moment(nowMs + usualMs * Math.max(0, 1 - Math.min(100, progress) / 100))
  const startedMs = Date.parse(createdAt ?? '')
  return Number.isNaN(startedMs) ? null : moment(Math.max(nowMs, startedMs + usualMs))
}

function moment(ms: number): string {
  return new Date(ms).toISOString()
}
