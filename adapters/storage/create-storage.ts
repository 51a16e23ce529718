import { fileURLToPath } from 'node:url'
import type { Proxies } from '../../domain/proxies.ts'
import { proxiesFrom } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { STORAGE_FORMS, storagePlaceFrom } from '../../domain/storage-place.ts'
import { deferredStorage } from './deferred-storage.ts'
import { createFolderStorage } from './folder-storage.ts'
import type { Patience } from './patience.ts'
import { DEFAULT_PATIENCE } from './patience.ts'
import { s3Places } from './s3-places.ts'
import type { Storage } from './storage.ts'

/** What a storage may be told besides its URL. */
export interface StorageOptions {
  /** The way to S3; as this process's environment says unless given. */
  proxies?: Proxies
  /** How long a store may stay silent. */
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
  const place = storagePlaceFrom(url)
  if (place === null) throw new RemovalFailure('InvalidRequest', `storage: expected ${STORAGE_FORMS}`)
  if (place.kind === 'folder') return createFolderStorage(fileURLToPath(place.url), patience)
  return openS3(place.bucket, place.prefix, { proxies, patience })
}

/** The SDK of S3 is loaded by whoever uses it alone: for clients it is an optional package. */
function openS3(bucket: string, prefix: string, options: Required<StorageOptions>): Storage {
  return deferredStorage(s3Places(bucket, prefix).places, async () => {
    const { createS3Storage } = await import('./s3-storage.ts').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
      throw new RemovalFailure('InvalidRequest', 'storage: s3:// needs the AWS SDK, which is not installed', {
        hint: 'Run `npm install @aws-sdk/client-s3 @aws-sdk/credential-provider-node @aws-sdk/s3-request-presigner`.',
        cause: error,
      })
    })
    return createS3Storage(bucket, prefix, options)
  })
}
