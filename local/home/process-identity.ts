import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A process that can be told from a later one that was given the same id. */
export interface ProcessIdentity {
  pid: number
  /** When it started, in the words of its operating system alone. */
  startedAt: string
  /** Where its id means something: the boot and the PID namespace. Null where there is no such thing. */
  space?: string | null
}

/** How long a process may take to be gone after SIGKILL. */
const KILL_MS = 5_000

/** The identity of a living process; null when there is none, or only its zombie. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (!exists(pid)) return null
  const startedAt = process.platform === 'linux' ? await startFromProc(pid) : await startFromPs(pid)
  return startedAt === null ? null : { pid, startedAt, space: await ownSpace('pid') }
}

/** Whether a process runs; one of another container cannot be seen, so that this is no proof of an end. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  if (!(await isInSight(identity))) return false
  const now = await identifyProcess(identity.pid)
  return now !== null && now.startedAt === identity.startedAt
}

/** Whether this process could see that one and signal it; identities of older builds are taken for near ones. */
export async function isInSight({ space }: Pick<ProcessIdentity, 'space'>): Promise<boolean> {
  return space === undefined || space === (await ownSpace('pid'))
}

/** The namespace of processes or of networks that this process lives in; null where the system has none. */
export async function ownSpace(kind: 'pid' | 'net'): Promise<string | null> {
  const namespace = await readlink(`/proc/self/ns/${kind}`).catch(() => null)
  if (namespace === null) return null
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return `${boot.trim()} ${namespace}`
}

/** Sends a signal to a process that may be gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** SIGTERM, then SIGKILL when that is not enough; false when the process was gone already. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!(await isRunning(identity))) return false
  signalProcess(identity.pid, 'SIGTERM')
  if (await isGone(identity, graceMs)) return true
  signalProcess(identity.pid, 'SIGKILL')
  await isGone(identity, KILL_MS)
  return true
}

async function isGone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(50)) {
    if (!(await isRunning(identity))) return true
  }
  return false
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

/** `ps` shows the start in the reader's time zone and language, which differ from terminal to terminal. */
async function startFromPs(pid: number): Promise<string | null> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const found = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env }).catch(
    () => null,
  )
  return found === null || found.stdout.trim() === '' ? null : found.stdout.trim()
}
