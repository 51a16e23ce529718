import type { Breakers } from '../../activities/breakers.ts'
import type { Repeated } from './waiting-scaled.ts'

/** Temporal's own defaults. Source: https://docs.temporal.io/encyclopedia/retry-policies */
const FIRST_MS = 1_000
const COEFFICIENT = 2
const LONGEST_MS = 100_000

/** What Temporal's default retry policy waits after a failure; what is only not done yet is asked after as planned. */
export function plainBackOffMs({ failures, plannedMs }: Repeated): number {
  if (failures === null) return plannedMs
  return Math.min(LONGEST_MS, FIRST_MS * COEFFICIENT ** Math.min(failures - 1, 20))
}

/** Breakers that never open. */
export const NO_BREAKERS: Breakers = { run: (_operation, call) => call() }
