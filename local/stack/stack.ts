import { stat, utimes } from 'node:fs/promises'
import { homePaths } from '../home/home-paths.ts'
import { readJson, writeJson } from '../home/json-file.ts'
import type { ProcessIdentity } from '../home/process-identity.ts'
import { isInSight, isRunning, ownSpace } from '../home/process-identity.ts'
import { isHomeTaken, outOfSight } from '../home/take-home.ts'

/** The processes of an embedded stack, in the order in which they are ended. */
export const ROLES = ['gateway', 'worker', 'sandbox', 'temporal', 'ledger'] as const
export type Role = (typeof ROLES)[number]

/** An embedded stack as its `stack.json` describes it. Holds no secret. */
export interface Stack {
  state: 'starting' | 'ready' | 'stopping'
  supervisor: ProcessIdentity
  /** The machine or container that it runs on, for people. */
  host?: string
  /** The network in which its addresses mean something; null where the system has one alone. */
  network?: string | null
  /** Older builds call the ledger `books`. */
  children: Partial<Record<Role | 'books', ProcessIdentity>>
  temporal: { address: string; namespace: string; uiAddress: string }
  /** Null where the ledger is in a database of the user's own. */
  databaseUrl: string | null
  storageUrl: string
  /** The page, and the HTTP API beneath it; null in a stack without a worker, missing in those of older builds. */
  gatewayUrl?: string | null
  /** Null in a stack without a worker: it was started only to look. */
  vendor: { baseUrl: string; keyAlias: string; isSandbox: boolean } | null
  build: string
}

/** The stack of a home that a living process has, ready or not; else null. */
export async function readStack(home: string): Promise<Stack | null> {
  const stack = await readJson<Stack>(homePaths(home).stack)
  if (stack === null || !(await isHomeTaken(home))) return null
  // The home's next owner may not have replaced the file yet.
  if ((await isInSight(stack.supervisor)) && !(await isRunning(stack.supervisor))) return null
  return stack
}

/**
 * The stack of a home, when it is ready to be used. Finding it counts as use: an idle stack ends itself. Fails as
 * `PlatformUnavailable` when it runs in a network of its own, where its addresses lead elsewhere from here.
 */
export async function findStack(home: string): Promise<Stack | null> {
  const stack = await readStack(home)
  if (stack === null) return null
  if (stack.network !== undefined && stack.network !== (await ownSpace('net')))
    throw outOfSight(home, { pid: stack.supervisor.pid, host: stack.host ?? 'unknown' })
  if (stack.state !== 'ready') return null
  await touchStack(home)
  return stack
}

export async function writeStack(home: string, stack: Stack): Promise<void> {
  await writeJson(homePaths(home).stack, stack)
}

export async function touchStack(home: string): Promise<void> {
  const now = new Date()
  await utimes(homePaths(home).stack, now, now).catch(() => {})
}

/** When the stack was last found by anybody, epoch milliseconds. */
export async function lastUse(home: string): Promise<number> {
  const file = await stat(homePaths(home).stack).catch(() => null)
  return file?.mtimeMs ?? 0
}
