import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../stack/stack.ts'
import { readJson } from '../write-json.ts'
import { homePaths } from './home-paths.ts'
import type { ProcessMark } from './process-mark.ts'
import { isRunning, signalProcess } from './process-mark.ts'

const GRACE_MS = 5_000

/** Ends what a supervisor that was killed has left behind; gives how many processes that were. */
export async function endLeftovers(home: string): Promise<number> {
  const stack = await readJson<Stack>(homePaths(home).stack)
  const marks = Object.values(stack?.children ?? {})
  const ended = await Promise.all(marks.map((mark) => endProcess(mark, GRACE_MS)))
  return ended.filter(Boolean).length
}

/** SIGTERM, then SIGKILL when that is not enough; false when the process was gone already. */
export async function endProcess(mark: ProcessMark, graceMs: number): Promise<boolean> {
  if (!(await isRunning(mark))) return false
  signalProcess(mark.pid, 'SIGTERM')
  if (await isGone(mark, graceMs)) return true
  signalProcess(mark.pid, 'SIGKILL')
  await isGone(mark, GRACE_MS)
  return true
}

async function isGone(mark: ProcessMark, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(50)) {
    if (!(await isRunning(mark))) return true
  }
  return false
}
