import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'

/**
 * What a store's error means to a removal: `PlatformUnavailable` naming the action and the location, never
 * credentials. Cancellations and failures that already have a kind pass unchanged.
 */
export function storageFailure(
  action: string,
  location: string,
  error: unknown,
  signal?: AbortSignal,
): unknown {
  if (signal?.aborted) return signal.reason
  if (isRemovalFailure(error)) return error
  return new RemovalFailure('PlatformUnavailable', `storage: ${action} ${location}: ${reasonOf(error)}`, {
    cause: error,
  })
}

/** The failure of reading something that is not there. */
export function missingFailure(location: string, cause: unknown): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `storage: ${location} is missing`, { cause })
}

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is unknown',
  AccessDenied: 'access is denied',
  NoSuchBucket: 'the bucket does not exist',
  CredentialsProviderError: 'no credentials were found (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)',
}

function reasonOf(error: unknown): string {
  const { code, name, message, $metadata } = (error ?? {}) as {
    code?: string
    name?: string
    message?: string
    $metadata?: { httpStatusCode?: number }
  }
  const known = REASONS[code ?? ''] ?? REASONS[name ?? '']
  if (known !== undefined) return known
  // Messages of stores may quote request headers; codes cannot.
  const status = $metadata?.httpStatusCode
  if (status !== undefined) return `the store answered ${status} ${name ?? ''}`.trim()
  return code ?? name ?? message ?? 'unknown error'
}
