import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A process that can be told from a later one that was given the same id. */
export interface ProcessMark {
  pid: number
  /** When it started, in the words of its operating system alone. */
  startedAt: string
}

/** The mark of a living process; null when there is none, or only its zombie. */
export async function markProcess(pid: number): Promise<ProcessMark | null> {
  if (!exists(pid)) return null
  const startedAt = process.platform === 'linux' ? await startFromProc(pid) : await startFromPs(pid)
  return startedAt === null ? null : { pid, startedAt }
}

export async function isRunning(mark: ProcessMark): Promise<boolean> {
  const now = await markProcess(mark.pid)
  return now !== null && now.startedAt === mark.startedAt
}

/** Sends a signal to a process that may be gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function startFromProc(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name, in parentheses, may hold anything; the fields after it are numbered from 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  return state === undefined || state === 'Z' || startTime === undefined ? null : startTime
}

async function startFromPs(pid: number): Promise<string | null> {
  const found = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null)
  return found === null || found.stdout.trim() === '' ? null : found.stdout.trim()
}
