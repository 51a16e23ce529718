import { stat, utimes } from 'node:fs/promises'
import { homePaths } from '../home/home-paths.ts'
import type { ProcessMark } from '../home/process-mark.ts'
import { isRunning } from '../home/process-mark.ts'
import { readJson, writeJson } from '../write-json.ts'

/** The processes of an embedded stack, in the order in which they are ended. */
export const ROLES = ['worker', 'sandbox', 'temporal', 'books'] as const
export type Role = (typeof ROLES)[number]

/** An embedded stack as its `stack.json` describes it. Holds no secret. */
export interface Stack {
  state: 'starting' | 'ready' | 'stopping'
  supervisor: ProcessMark
  children: Partial<Record<Role, ProcessMark>>
  temporal: { address: string; namespace: string; uiAddress: string }
  /** Null where the books are in a database of the user's own. */
  databaseUrl: string | null
  storageUrl: string
  /** Null in a stack without a worker: it was started only to look. */
  vendor: { baseUrl: string; keyAlias: string; isSandbox: boolean } | null
  build: string
}

/** The stack of a home whose supervisor is alive, ready or not; else null. */
export async function readStack(home: string): Promise<Stack | null> {
  const stack = await readJson<Stack>(homePaths(home).stack)
  return stack !== null && (await isRunning(stack.supervisor)) ? stack : null
}

/** The stack of a home, when it is ready to be used. Finding it counts as use: an idle stack ends itself. */
export async function findStack(home: string): Promise<Stack | null> {
  const stack = await readStack(home)
  if (stack?.state !== 'ready') return null
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
