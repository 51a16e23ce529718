/** Where a `STORAGE_URL` leads: a folder of this machine, or a place in a bucket. */
export type StoragePlace =
  | {
      kind: 'folder'
      /** A `file:` URL of the folder. */
      url: string
    }
  | {
      kind: 's3'
      /** The bucket's name. */
      bucket: string
      /** Where in it everything lies, without slashes at its ends; empty for the whole bucket. */
      prefix: string
    }

/** How a storage is named, for messages. */
export const STORAGE_FORMS = 'file:///folder or s3://bucket/prefix'

/** S3's own limits: bytes of a key, and of a folder's file name. */
const MAX_KEY_BYTES = 900
const MAX_SEGMENT_BYTES = 255

/** Writes in progress live under this segment of a folder storage, so no key may use it. */
export const PARTIAL_SEGMENT = '.partial'

/**
 * The place that the URL of a storage names; null for what names none, or names more than a place: credentials, a port and
 * a query would be left out without a word.
 */
export function storagePlaceFrom(text: string): StoragePlace | null {
  const url = URL.parse(text)
  if (url === null || url.username || url.password || url.port || url.search || url.hash) return null
  const path = decoded(url.pathname)
  if (path === undefined) return null
  if (url.protocol === 'file:') {
    // A slash that is written as %2F is one in no path.
    const isPath = url.hostname === '' && !/%2f/i.test(url.pathname) && !/^\/*$|\0/.test(path)
    return isPath ? { kind: 'folder', url: url.href.replace(/\/+$/, '') } : null
  }
  const prefix = path.replace(/^\/+|\/+$/g, '')
  if (url.protocol !== 's3:' || !/^[A-Za-z0-9._-]+$/.test(url.hostname)) return null
  return prefix === '' || isStorageKey(prefix) ? { kind: 's3', bucket: url.hostname, prefix } : null
}

/** Whether a text is a relative path that stays inside the storage, and fits into every one. */
export function isStorageKey(key: string): boolean {
  if (key === '' || bytesOf(key) > MAX_KEY_BYTES || /\p{Cc}/u.test(key) || key.includes('\\')) return false
  return key.split('/').every((segment) => {
    if (segment === '' || segment === '.' || segment === '..' || segment === PARTIAL_SEGMENT) return false
    return bytesOf(segment) <= MAX_SEGMENT_BYTES
  })
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
