import type { Storage } from '../../adapters/storage/storage.ts'
import { keyOfLocation } from '../../adapters/storage/storage-key.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { deletionIdOf } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import type { Surroundings } from '../surroundings.ts'

/** A storage that is slow holds up nobody who asks how a removal stands. */
const LOOK_WITHIN_MS = 2_000

/**
 * A document as Temporal has it, and since when the files of its removal are gone: Temporal's own was written before.
 * The ledger is asked only where a file is not in its place. Without an answer the document stays as it is.
 */
export async function withDeletion(
  around: Surroundings,
  document: RemovalDocument,
  signal?: AbortSignal,
): Promise<RemovalDocument> {
  const { id, state, deletedAt, output, refusedOutput } = document
  if (!isFinal(state) || deletedAt !== null) return document
  const file = output ?? refusedOutput
  if (file !== null && (await isThere(around.storage, file.location, signal))) return document
  const recorded = file === null ? undefined : await around.records?.find(id).catch(() => undefined)
  return {
    ...document,
    deletedAt: recorded?.deletedAt ?? (await endOfDeletion(around, id, signal)),
  }
}

/** What lies in another storage, or in one that does not answer, is not known to be gone. */
async function isThere(storage: Storage, location: string, signal?: AbortSignal): Promise<boolean> {
  const key = keyOfLocation(storage, location)
  if (key === undefined) return true
  const patience = AbortSignal.timeout(LOOK_WITHIN_MS)
  const ends = signal === undefined ? patience : AbortSignal.any([signal, patience])
  const found = storage.stat(key, { signal: ends })
  return found.then((stat) => stat !== undefined).catch(() => true)
}

/** When the deletion that somebody asked for was done; null where there was none, or Temporal has forgotten it. */
async function endOfDeletion(
  { client }: Surroundings,
  id: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const handle = client.workflow.getHandle(deletionIdOf(id))
  const description = await askTemporal(client, () => handle.describe(), { signal }).catch(() => undefined)
  if (description?.status.name !== 'COMPLETED') return null
  return description.closeTime?.toISOString() ?? null
}
