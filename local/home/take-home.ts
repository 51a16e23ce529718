import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { homePaths, makeHome } from './home-paths.ts'
import { readJson, writeJson } from './json-file.ts'
import { isKernelLocked, takeKernelLock } from './kernel-lock.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { identifyProcess, isInSight, isRunning } from './process-identity.ts'

/** What a process does with the home that it has taken. */
type HomeUse = 'stack' | 'ledger'

/** Who has a home, as its lock cannot tell. Written after the lock was taken, so that it may lag behind. */
interface HomeOwner extends ProcessIdentity {
  use: HomeUse
  host: string
}

interface TakenHome {
  release(): void
}

/** How long the owner of a lock may take to write who it is. */
const INTRODUCTION_MS = 1_000

/**
 * Takes a home for this process: nobody else starts a stack in it, or opens its ledger or its `temporal.db`, until
 * this process ends or lets go. Null while another process has it, one of an older build too.
 */
export async function takeHome(home: string, use: HomeUse): Promise<TakenHome | null> {
  const paths = homePaths(home)
  await makeHome(home)
  const lock = await takeKernelLock(paths.lock)
  if (lock === null) return null
  try {
    if ((await olderOwner(home)) !== null) {
      lock.release()
      return null
    }
    const identity = await identifyProcess(process.pid)
    if (identity === null) throw new TypeError('this process cannot find itself')
    await writeJson(paths.owner, { ...identity, use, host: hostname() } satisfies HomeOwner)
    return lock
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Whether a process has this home, wherever it runs. */
export async function isHomeTaken(home: string): Promise<boolean> {
  return isKernelLocked(homePaths(home).lock) || (await olderOwner(home)) !== null
}

/** Who has a home: null where nobody does, or it runs out of sight and has not said yet. */
export async function homeOwner(home: string): Promise<HomeOwner | null> {
  for (const end = Date.now() + INTRODUCTION_MS; ; await sleep(50)) {
    const older = await olderOwner(home)
    if (older !== null) return { ...older, use: 'stack', host: hostname() }
    if (!isKernelLocked(homePaths(home).lock)) return null
    const owner = await readJson<HomeOwner>(homePaths(home).owner)
    const isStale = owner === null || ((await isInSight(owner)) && !(await isRunning(owner)))
    if (!isStale) return owner
    if (Date.now() > end) return null
  }
}

/** The refusal for who needs a home that another process has. */
export async function homeTaken(home: string): Promise<RemovalFailure> {
  const owner = await homeOwner(home)
  if (owner !== null && !(await isInSight(owner))) return outOfSight(home, owner)
  const by = owner === null ? 'another process' : `process ${owner.pid}`
  if (owner?.use === 'ledger') {
    return new RemovalFailure('PlatformUnavailable', `the ledger of ${home} is open in ${by}`, {
      hint: 'Set DATABASE_URL to a PostgreSQL database to share the ledger, end that process, or set another MATTEFLOW_HOME.',
    })
  }
  return new RemovalFailure('InvalidRequest', `an embedded stack of ${home} runs already, in ${by}`, {
    hint: 'Use that one, end it with `matteflow stop` first, or set another MATTEFLOW_HOME.',
  })
}

/** The refusal for who meets an owner that runs where this process can neither see nor reach it. */
export function outOfSight(home: string, { pid, host }: Pick<HomeOwner, 'pid' | 'host'>): RemovalFailure {
  const message = `${home} is in use by process ${pid} of another container or machine (${host}), which cannot be reached from here`
  return new RemovalFailure('PlatformUnavailable', message, {
    hint: 'Run the command there, or run `matteflow stop` there first. To share removals, set TEMPORAL_ADDRESS, DATABASE_URL and STORAGE_URL; else set another MATTEFLOW_HOME.',
  })
}

/** Locks of builds before 2026-11-29: folders of numbered files, the highest of which names the owner. */
const OLDER_LOCKS = ['stack.lock', 'books.lock']

/** The living process of an older build that has this home, since it knows nothing of the lock of today's. */
async function olderOwner(home: string): Promise<ProcessIdentity | null> {
  for (const folder of OLDER_LOCKS.map((name) => join(home, name))) {
    const names = await readdir(folder).catch(() => [])
    const highest = Math.max(0, ...names.filter((name) => /^\d+$/.test(name)).map(Number))
    const identity = await readJson<ProcessIdentity>(join(folder, String(highest)))
    if (identity !== null && (await isRunning(identity))) return identity
  }
  return null
}
