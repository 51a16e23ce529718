import type { Storage } from '../../adapters/storage/storage.ts'
import { keyOfLocation } from '../../adapters/storage/storage-key.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** The key of a removal's file; `PlatformUnavailable` where it lies in another storage. */
export function storedKey(storage: Storage, location: string, document: RemovalDocument): string {
  const key = keyOfLocation(storage, location)
  if (key !== undefined) return key
  throw new RemovalFailure('PlatformUnavailable', `${location} does not lie in this storage`, {
    document,
    hint: 'Use the storage that the removal was made with: `STORAGE_URL`, or what `createRemovals` was given.',
  })
}
