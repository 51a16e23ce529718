import { setTimeout as sleep } from 'node:timers/promises'
import { isGrpcDeadlineError, WorkflowFailedError } from '@temporalio/client'
import { workflowIdOf } from '../domain/removal-id.ts'
import { askTemporal } from './ask-temporal.ts'
import type { Surroundings } from './surroundings.ts'

/** Waits `pauseMs`, or less when the removal's workflow closes meanwhile. How it closed is another question. */
export async function pauseUntilClosed(
  { client }: Surroundings,
  id: string,
  pauseMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowIdOf(id))
  try {
    // A long poll that is given no more time than the pause.
    await askTemporal(client, () => handle.result(), { withinMs: pauseMs, signal })
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof WorkflowFailedError || isOutOfTime(error)) return
    // Whatever else is wrong, the next look says so; this only keeps the looks apart.
    await sleep(pauseMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
  }
}

function isOutOfTime(failure: unknown): boolean {
  return failure instanceof Error && isGrpcDeadlineError(failure.cause)
}
