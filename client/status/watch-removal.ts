import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { outlastOutage } from '../outlast-outage.ts'
import type { WatchOptions } from '../removals.ts'
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
