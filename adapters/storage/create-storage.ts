import { fileURLToPath } from 'node:url'
import type { Proxies } from '../../domain/proxies.ts'
import { proxiesFrom } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { createFolderStorage } from './folder-storage.ts'
import type { Patience } from './patience.ts'
import { DEFAULT_PATIENCE } from './patience.ts'
import { createS3Storage } from './s3-storage.ts'
import type { Storage } from './storage.ts'

/** What a storage may be told besides its URL. */
export interface StorageOptions {
  /** The way to S3; as this process's environment says unless given. */
  proxies?: Proxies
  patience?: Patience
}

/**
 * The storage of a `STORAGE_URL`: `file:///folder` or `s3://bucket/prefix` (region, endpoint and credentials
 * from the usual `AWS_*` variables or the profile). Nothing is touched before the first call. Another URL is
 * `InvalidRequest`.
 */
export function createStorage(
  url: string,
  { proxies = proxiesFrom(process.env), patience = DEFAULT_PATIENCE }: StorageOptions = {},
): Storage {
  const parsed = URL.parse(url)
  if (parsed?.protocol === 'file:' && parsed.hostname === '')
    return createFolderStorage(fileURLToPath(parsed), patience)
  if (parsed?.protocol === 's3:' && parsed.hostname !== '')
    return createS3Storage(parsed.hostname, decodeURIComponent(parsed.pathname), { proxies, patience })
  throw new RemovalFailure('InvalidRequest', 'storage: expected file:///folder or s3://bucket/prefix')
}
