import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { ResultOptions } from '../removals.ts'
import type { Surroundings } from '../surroundings.ts'
import { failureFromDocument } from './failure-from-document.ts'
import { watchRemoval } from './watch-removal.ts'

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
