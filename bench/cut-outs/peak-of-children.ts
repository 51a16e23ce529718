import { readFileSync } from 'node:fs'
import { peakMebibytes } from '../transfers/peak-memory.ts'

const EVERY_MS = 50

/** Runs the work and adds up the most memory that each process held which it started, MiB; null where /proc is not. */
export async function peakOfChildren(work: () => Promise<void>): Promise<number | null> {
  const peaks = new Map<string, number>()
  const look = () => {
    for (const pid of childrenOf(process.pid))
      peaks.set(pid, Math.max(peakMebibytes(pid) ?? 0, peaks.get(pid) ?? 0))
  }
  const timer = setInterval(look, EVERY_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return peaks.size === 0 ? null : [...peaks.values()].reduce((sum, peak) => sum + peak, 0)
}

function childrenOf(pid: number): string[] {
  return read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((child) => child !== '')
}

/** The text of a file, empty where it is not, or no longer. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
