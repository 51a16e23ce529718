import { fileURLToPath } from 'node:url'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { createFolderStorage } from './folder-storage.ts'
import { createS3Storage } from './s3-storage.ts'
import type { Storage } from './storage.ts'

/**
 * The storage of a `STORAGE_URL`: `file:///folder` or `s3://bucket/prefix` (region, endpoint and credentials
 * from the usual `AWS_*` variables). Nothing is touched before the first call. Another URL is `InvalidRequest`.
 */
export function createStorage(url: string): Storage {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'file:' && parsed.hostname === '')
    return createFolderStorage(fileURLToPath(parsed))
  if (parsed?.protocol === 's3:' && parsed.hostname !== '') {
    return createS3Storage(parsed.hostname, decodeURIComponent(parsed.pathname))
  }
  throw new RemovalFailure('InvalidRequest', 'storage: expected file:///folder or s3://bucket/prefix')
}
