import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { outlastOutage } from '../ask-temporal.ts'
import { failureFromDocument } from '../errors.ts'
import type { ResultOptions, WatchOptions } from '../removals.ts'
import type { Surroundings } from '../surroundings.ts'
import { pauseUntilClosed } from './pause-until-closed.ts'
import { removalStatus } from './removal-status.ts'

/** An end is noticed at once anyway; these are for states and progress. */
const PAUSE_MS = { first: 250, afterChange: 1_000, last: 5_000, growth: 1.5 } as const

/** The document of a removal now and after each change, until its end; outlives short absences of Temporal. */
export async function* watchRemoval(
  around: Surroundings,
  id: string,
  { signal, intervalMs, onJoined }: WatchOptions = {},
): AsyncGenerator<RemovalDocument, void, undefined> {
  let shown = ''
  let isFollowed = false
  let pauseMs: number = PAUSE_MS.first
  for (;;) {
    const document = await outlastOutage(
      () => removalStatus(around, id, signal),
      around.outagePatienceMs,
      signal,
    )
    if (document.id !== id && !isFollowed) onJoined?.(document.id)
    isFollowed = document.id !== id
    const text = JSON.stringify(document)
    if (text !== shown) {
      yield document
      pauseMs = Math.min(pauseMs, PAUSE_MS.afterChange)
    }
    if (isFinal(document.state)) return
    shown = text
    // A request that joined another removal is over: the other one's end is waited for.
    await pauseUntilClosed(around, document.id, intervalMs ?? pauseMs, signal)
    pauseMs = Math.min(PAUSE_MS.last, pauseMs * PAUSE_MS.growth)
  }
}

/** Waits for the end of a removal: the document of a success, or the failure of every other end and of a park. */
export async function awaitResult(
  around: Surroundings,
  id: string,
  { waitWhileParked = false, onUpdate, onJoined, signal }: ResultOptions = {},
): Promise<RemovalDocument> {
  for await (const document of watchRemoval(around, id, {
    ...(signal && { signal }),
    ...(onJoined && { onJoined }),
  })) {
    onUpdate?.(document)
    if (document.state === 'succeeded') return document
    if (document.state === 'failed' || document.state === 'cancelled') throw failureFromDocument(document)
    if (document.state === 'parked' && !waitWhileParked) throw failureFromDocument(document)
  }
  throw new TypeError(`watching removal ${id} stopped before its end`)
}
