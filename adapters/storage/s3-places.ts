import type { Storage } from './storage.ts'
import { checkedKey, checkedPrefix } from './storage-key.ts'

/** Where the objects of a bucket are, everything under `prefix`; known without any call. */
export function s3Places(bucket: string, prefix: string) {
  const root = checkedPrefix(prefix.replace(/^\/+/, ''))
  const objectKey = (key: string): string => (root === '' ? key : `${root}/${key}`)
  const location = (key: string): string => `s3://${bucket}/${objectKey(key)}`
  return {
    root,
    objectKey,
    /** Of a key or a prefix, unchecked. */
    locationOf: location,
    places: {
      location: (key) => location(checkedKey(key)),
      localPath: (key) => void checkedKey(key),
    } satisfies Pick<Storage, 'location' | 'localPath'>,
  }
}
