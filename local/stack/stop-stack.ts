import { rm } from 'node:fs/promises'
import type { Config } from '../../adapters/environment/config.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import { homePaths } from '../home/home-paths.ts'
import { endProcess, isInSight } from '../home/process-identity.ts'
import { homeOwner, homeTaken, isHomeTaken, outOfSight } from '../home/take-home.ts'
import { connectTemporal } from '../temporal/connect-temporal.ts'
import { endLeftovers } from './clear-leftovers.ts'
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

/**
 * Ends the embedded stack of a home, and what a killed one has left behind. A process that has the ledger alone is no
 * stack, and stays. Fails where the home belongs to a process that this one cannot signal. What is unfinished is told where the configuration has the keys
 * that it is encrypted with.
 */
export async function stopStack(
  home: string,
  config: Pick<Config, 'payloadKeys'> = { payloadKeys: [] },
): Promise<StoppedStack> {
  if (!(await isHomeTaken(home))) return { wasRunning: (await endLeftovers(home)) > 0, unfinished: null }
  // A supervisor that is just starting has the home before it has written a stack.
  const owner = await homeOwner(home)
  if (owner === null) {
    if (await isHomeTaken(home)) throw await homeTaken(home)
    return { wasRunning: (await endLeftovers(home)) > 0, unfinished: null }
  }
  if (!(await isInSight(owner))) throw outOfSight(home, owner)
  // A worker, or a command that looks, has the ledger alone: it goes on, and there is no stack to end.
  if (owner.use !== 'stack') return { wasRunning: false, unfinished: null }
  const stack = await readStack(home)
  const unfinished = stack === null ? null : await unfinishedOf(stack, config)
  await endProcess(owner, GRACE_MS)
  await endLeftovers(home)
  await rm(homePaths(home).stack, { force: true })
  return { wasRunning: true, unfinished }
}

async function unfinishedOf(
  stack: Stack,
  config: Pick<Config, 'payloadKeys'>,
): Promise<UnfinishedRemoval[] | null> {
  try {
    const connection = await connectTemporal({ ...stack.temporal, connection: {} }, { patienceMs: 2_000 })
    const client = openClient(connection, stack.temporal.namespace, config)
    try {
      return await listUnfinished(client)
    } finally {
      await connection.close()
    }
  } catch {
    return null
  }
}
