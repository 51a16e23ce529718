import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowFailedError } from '@temporalio/client'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { askTemporal } from '../ask-temporal.ts'
import type { Surroundings } from '../surroundings.ts'

/** Longer than the server holds a long poll (20 s), so that no deadline comes near while one waits. */
const POLL_ROOM_MS = 60_000

/**
 * Waits `pauseMs`, or less when the removal's workflow closes meanwhile. How it closed is another question. It is one
 * long poll, taken back when the pause is over: a poll whose deadline is near is answered at once, again and again.
 */
export async function pauseUntilClosed(
  { client }: Surroundings,
  id: string,
  pauseMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(id))
  const pause = AbortSignal.timeout(Math.ceil(pauseMs))
  const ends = signal === undefined ? pause : AbortSignal.any([signal, pause])
  try {
    await askTemporal(client, () => handle.result(), { withinMs: pauseMs + POLL_ROOM_MS, signal: ends })
  } catch (error) {
    signal?.throwIfAborted()
    if (pause.aborted || error instanceof WorkflowFailedError) return
    // Whatever else is wrong, the next look says so; this only keeps the looks apart.
    await sleep(pauseMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
  }
}
