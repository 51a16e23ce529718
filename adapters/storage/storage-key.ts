import { RemovalFailure } from '../../domain/removal-failure.ts'
import { isStorageKey } from '../../domain/storage-place.ts'
import type { Storage } from './storage.ts'

/** The key, when it is a relative path that stays inside the storage; else `InvalidRequest`. */
export function checkedKey(key: string): string {
  if (isStorageKey(key)) return key
  throw new RemovalFailure(
    'InvalidRequest',
    `storage key ${JSON.stringify(key)}: expected a relative path like inputs/a.mp4`,
  )
}

/** The key behind a location of this storage; undefined for one of another. */
export function keyOfLocation({ location }: Pick<Storage, 'location'>, named: string): string | undefined {
  // The storage's own location of nothing tells where its keys begin.
  const probe = 'k'
  const root = location(probe).slice(0, -probe.length)
  return named.startsWith(root) ? decodeURIComponent(named.slice(root.length)) : undefined
}

/** As `checkedKey`, for a folder of keys: the empty prefix is the whole storage, a final slash is dropped. */
export function checkedPrefix(prefix: string): string {
  const trimmed = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
  return trimmed === '' ? '' : checkedKey(trimmed)
}
