import { setTimeout as pause } from 'node:timers/promises'

const LOOK_INTERVAL_MS = 50

/** Looks until a condition holds; the test's own time-out bounds it. Between looks the processes get the machine. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(LOOK_INTERVAL_MS)
}
