import { rm } from 'node:fs/promises'
import { Client } from '@temporalio/client'
import { endLeftovers, endProcess } from '../home/end-leftovers.ts'
import { lockOwner } from '../home/hold-lock.ts'
import { homePaths } from '../home/home-paths.ts'
import { connectTemporal } from '../temporal/connect-temporal.ts'
import type { UnfinishedRemoval } from './list-unfinished.ts'
import { listUnfinished } from './list-unfinished.ts'
import type { Stack } from './stack.ts'
import { readStack } from './stack.ts'

export interface StoppedStack {
  wasRunning: boolean
  /** What goes on when the stack starts again; null where no Temporal runs or it did not tell. */
  unfinished: UnfinishedRemoval[] | null
}

/** The supervisor ends four processes one after the other, each with its own grace. */
const GRACE_MS = 40_000

/** Ends the embedded stack of a home, and what a killed one has left behind. */
export async function stopStack(home: string): Promise<StoppedStack> {
  const stack = await readStack(home)
  // A supervisor that is just starting holds the lock before it has written anything.
  const supervisor = stack?.supervisor ?? (await lockOwner(homePaths(home).lock))
  if (supervisor === null) return { wasRunning: (await endLeftovers(home)) > 0, unfinished: null }
  const unfinished = stack === null ? null : await unfinishedOf(stack)
  await endProcess(supervisor, GRACE_MS)
  await endLeftovers(home)
  await rm(homePaths(home).stack, { force: true })
  return { wasRunning: true, unfinished }
}

async function unfinishedOf(stack: Stack): Promise<UnfinishedRemoval[] | null> {
  try {
    const connection = await connectTemporal({ ...stack.temporal, connection: {} }, { patienceMs: 2_000 })
    const client = new Client({ connection, namespace: stack.temporal.namespace })
    try {
      return await listUnfinished(client)
    } finally {
      await connection.close()
    }
  } catch {
    return null
  }
}
