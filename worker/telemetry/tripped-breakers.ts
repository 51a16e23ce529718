import type { BreakerState } from '../../activities/breakers.ts'
import type { TrippedBreaker } from '../../domain/worker-record.ts'

/** The circuit breakers of this worker that are not closed, and since when. */
export function createTrippedBreakers(onChange: () => void) {
  const tripped = new Map<string, TrippedBreaker>()
  return {
    show(operation: string, state: BreakerState): void {
      if (state === 'closed') tripped.delete(operation)
      else tripped.set(operation, { operation, state, since: new Date().toISOString() })
      onChange()
    },
    all: (): TrippedBreaker[] => [...tripped.values()],
  }
}
