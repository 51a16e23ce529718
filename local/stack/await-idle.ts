import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { hasUnfinished } from './list-unfinished.ts'
import { lastUse } from './stack.ts'

/** How long a background stack stays with nothing unfinished and nobody asking for it. */
export const IDLE_END_MS = 600_000
const LOOKS_PER_IDLE_TIME = 20

/** Resolves when nothing was unfinished and nobody used the stack for so long; rejects on abort. */
export async function awaitIdle(watched: {
  client: Client
  home: string
  idleMs: number
  signal: AbortSignal
}): Promise<void> {
  let busyAt = Date.now()
  do {
    await sleep(watched.idleMs / LOOKS_PER_IDLE_TIME, undefined, { signal: watched.signal })
    // A server that does not answer says nothing about what is unfinished.
    if (await hasUnfinished(watched.client).catch(() => true)) busyAt = Date.now()
    busyAt = Math.max(busyAt, await lastUse(watched.home))
  } while (Date.now() - busyAt < watched.idleMs)
}
