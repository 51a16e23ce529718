import type { Storage } from '../../adapters/storage/storage.ts'

/** The storage key of a document's location; undefined where it lies in another storage than this gateway's. */
export function keyOfLocation(storage: Storage, location: string): string | undefined {
  const probe = 'k'
  const root = storage.location(probe).slice(0, -probe.length)
  return location.startsWith(root) ? decodeURIComponent(location.slice(root.length)) : undefined
}
