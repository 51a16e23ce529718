import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { StoreSilent } from './patience.ts'

// The only file of this folder that names the error codes of file systems, sockets and S3.

/** What a storage was asked to do, as its messages begin. */
export type StorageAction = 'write' | 'move a file to' | 'read' | 'look at' | 'remove' | 'list' | 'sweep'

/** What a store's error says, and what a person can do about it. */
interface Explanation {
  reason: string
  hint?: string
}

/**
 * What a store's error means to a removal: `PlatformUnavailable` naming the action, the location and what to do, never
 * credentials. Cancellations and failures that already have a kind pass unchanged.
 */
export function storageFailure(
  action: StorageAction,
  location: string,
  error: unknown,
  signal?: AbortSignal,
): unknown {
  if (signal?.aborted) return signal.reason
  if (isRemovalFailure(error)) return error
  const { reason, hint } = explain(action, error)
  return new RemovalFailure('PlatformUnavailable', `storage: ${action} ${location}: ${reason}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
  })
}

/** The failure of reading something that is not there. */
export function missingFailure(location: string, cause: unknown): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `storage: ${location} is missing`, { cause })
}

/** Whether a path leads to nothing. */
export function isAbsentPath(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
}

/** Whether a rename would have had to cross from one file system to another. */
export function crossesDevices(error: unknown): boolean {
  return codeOf(error) === 'EXDEV'
}

/** Whether S3 says that there is no such object. The answer to a HEAD has no code, only its status. */
export function isMissingObject(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(nameOf(error))
}

/** Whether S3 says that there is no such multipart upload: it was completed, or dropped already. */
export function isMissingUpload(error: unknown): boolean {
  return nameOf(error) === 'NoSuchUpload'
}

/** Whether S3 refused a call: it may be for want of a right, and the answer to a HEAD does not say which. */
export function isRefusedByS3(error: unknown): boolean {
  const status = statusOf(error)
  return status !== undefined && status >= 400 && status < 500 && status !== 404 && status !== 429
}

/** Whether S3 refused for want of a right alone, not for the credentials themselves. */
export function isAccessDenied(error: unknown): boolean {
  return ['AccessDenied', 'AllAccessDisabled', 'Forbidden', '403'].includes(nameOf(error))
}

/** Whether other credentials may be accepted: those in use are unknown, rotated or have expired. */
export function isCredentialsError(error: unknown): boolean {
  const explanation = S3_CODES[nameOf(error)]
  return explanation === EXPIRED || explanation === UNKNOWN_KEY || explanation === WRONG_SECRET
}

/**
 * Whether S3 knows no batch of removals, or not in this form: stores of their own kind want `Content-MD5`, or have no
 * such call. Removing one by one then works, or says why it does not.
 */
export function isBatchRefused(error: unknown): boolean {
  const status = statusOf(error)
  if (status === undefined || isCredentialsError(error) || nameOf(error) === 'NoSuchBucket') return false
  return status === 501 || (status >= 400 && status < 500 && status !== 429)
}

const RIGHTS: Record<StorageAction, string> = {
  write: 's3:PutObject',
  'move a file to': 's3:PutObject',
  read: 's3:GetObject',
  'look at': 's3:GetObject',
  remove: 's3:DeleteObject',
  list: 's3:ListBucket',
  sweep: 's3:ListBucketMultipartUploads and s3:AbortMultipartUpload',
}

const EXPIRED: Explanation = {
  reason: 'the credentials have expired',
  hint: 'Renew them; a profile is read again by itself, AWS_… variables with a restart.',
}
const UNKNOWN_KEY: Explanation = {
  reason: 'the store does not know the access key',
  hint: 'Correct AWS_ACCESS_KEY_ID or the profile; a profile is read again by itself, AWS_… variables with a restart.',
}
const WRONG_SECRET: Explanation = {
  reason: 'the secret does not go with the access key',
  hint: 'Correct AWS_SECRET_ACCESS_KEY or the profile; a profile is read again by itself, AWS_… variables with a restart.',
}
const OTHER_REGION: Explanation = {
  reason: 'the bucket is in another region',
  hint: 'Set AWS_REGION to the region of the bucket and restart.',
}
const NO_CHECKSUMS: Explanation = {
  reason: 'the store does not know a header that was sent, most likely that of a checksum',
  hint: 'Set AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED and AWS_RESPONSE_CHECKSUM_VALIDATION=WHEN_REQUIRED and restart.',
}
const FULL: Explanation = { reason: 'the store is full', hint: 'Give it more room, or remove what is old.' }
const BUSY: Explanation = { reason: 'the store is overloaded' }
const UNTRUSTED: Explanation = {
  reason: 'its certificate is not trusted',
  hint: 'Name the certificate of its authority in NODE_EXTRA_CA_CERTS and restart.',
}
const UNKNOWN_HOST: Explanation = {
  reason: 'the host name is unknown',
  hint: 'Correct AWS_ENDPOINT_URL, or check the name server.',
}
const MOUNT_GONE: Explanation = {
  reason: 'the mounted file system does not answer',
  hint: 'Mount it again, or set STORAGE_URL to a folder that is there.',
}
const NO_FILE_RIGHT: Explanation = {
  reason: 'access is denied',
  hint: 'Let the user that runs matteflow write to that folder.',
}
const READ_ONLY: Explanation = {
  reason: 'the file system is read-only',
  hint: 'Mount it writable, or set STORAGE_URL to a folder that is.',
}

const FILE_CODES: Record<string, Explanation> = {
  ENOSPC: { reason: 'the disk is full', hint: 'Free some disk space.' },
  EDQUOT: { reason: 'the disk quota is used up', hint: 'Raise the quota, or remove what is old.' },
  EACCES: NO_FILE_RIGHT,
  EPERM: NO_FILE_RIGHT,
  EROFS: READ_ONLY,
  ENOTDIR: { reason: 'a part of the path is not a folder', hint: 'Correct STORAGE_URL.' },
  EISDIR: { reason: 'it is a folder' },
  EEXIST: { reason: 'a part of the path is not a folder', hint: 'Correct STORAGE_URL.' },
  EMFILE: { reason: 'too many files are open', hint: 'Raise the limit of open files (ulimit -n).' },
  EIO: MOUNT_GONE,
  ESTALE: MOUNT_GONE,
  ENOTCONN: MOUNT_GONE,
  EHOSTDOWN: MOUNT_GONE,
}

const NETWORK_CODES: Record<string, Explanation> = {
  ECONNREFUSED: {
    reason: 'the connection was refused',
    hint: 'Start the store, or correct AWS_ENDPOINT_URL.',
  },
  ECONNRESET: { reason: 'the connection was cut' },
  EPIPE: { reason: 'the connection was cut' },
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  ETIMEDOUT: { reason: 'no answer in time' },
  TimeoutError: { reason: 'no answer in time' },
  ERR_PROXY_TUNNEL: {
    reason: 'the proxy opens no way to the store',
    hint: 'Correct HTTPS_PROXY, or name the store in NO_PROXY, and restart.',
  },
  ERR_PROXY_INVALID_CONFIG: { reason: 'the proxy cannot be used', hint: 'Correct HTTPS_PROXY and restart.' },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: { reason: 'its certificate has expired', hint: 'Renew it.' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate is for another host',
    hint: 'Correct AWS_ENDPOINT_URL.',
  },
}

const S3_CODES: Record<string, Explanation> = {
  NoSuchBucket: {
    reason: 'the bucket does not exist',
    hint: 'Create it, or correct STORAGE_URL and restart.',
  },
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  InvalidToken: EXPIRED,
  InvalidAccessKeyId: UNKNOWN_KEY,
  InvalidClientTokenId: UNKNOWN_KEY,
  UnrecognizedClientException: UNKNOWN_KEY,
  SignatureDoesNotMatch: WRONG_SECRET,
  InvalidSignature: WRONG_SECRET,
  RequestTimeTooSkewed: {
    reason: "this machine's clock differs too much from the store's",
    hint: 'Set the clock of this machine, best by NTP.',
  },
  PermanentRedirect: OTHER_REGION,
  TemporaryRedirect: OTHER_REGION,
  AuthorizationHeaderMalformed: OTHER_REGION,
  IllegalLocationConstraintException: OTHER_REGION,
  '301': OTHER_REGION,
  NotImplemented: NO_CHECKSUMS,
  '501': NO_CHECKSUMS,
  SlowDown: BUSY,
  ServiceUnavailable: BUSY,
  InternalError: BUSY,
  QuotaExceeded: FULL,
  XMinioStorageFull: FULL,
  InsufficientStorage: FULL,
  CredentialsProviderError: {
    reason:
      'no credentials were found (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine)',
    hint: 'Set them and restart.',
  },
}

function explain(action: StorageAction, error: unknown): Explanation {
  if (error instanceof StoreSilent)
    return { reason: error.message, hint: 'Check whether the storage is up and can be reached.' }
  if (isAccessDenied(error))
    return { reason: 'access is denied', hint: `Grant the access key ${RIGHTS[action]} on the bucket.` }
  const { code, message, $metadata, $response } = (error ?? {}) as ForeignError
  const name = nameOf(error)
  // A number of SDK errors carries its cause beneath, and a failed connection to several addresses is an aggregate.
  const known = FILE_CODES[codeOf(error)] ?? NETWORK_CODES[codeOf(error)] ?? S3_CODES[name]
  const region = $response?.headers?.['x-amz-bucket-region']
  if (known === OTHER_REGION && region !== undefined)
    return { reason: `the bucket is in the region ${region}`, hint: `Set AWS_REGION=${region} and restart.` }
  if (known !== undefined) return known
  if (NETWORK_CODES[name] !== undefined) return NETWORK_CODES[name]
  if (message === 'Region is missing')
    return { reason: 'no region is set', hint: 'Set AWS_REGION and restart.' }
  // Messages of stores may quote request headers; codes cannot.
  const status = $metadata?.httpStatusCode
  if (status !== undefined) return { reason: `the store answered ${status} ${name}`.trim() }
  return { reason: code || name || message || 'unknown error' }
}

interface ForeignError {
  code?: string
  name?: string
  message?: string
  errors?: unknown[]
  cause?: unknown
  $metadata?: { httpStatusCode?: number }
  $response?: { headers?: Record<string, string> }
}

function codeOf(error: unknown): string {
  const { code, errors, cause } = (error ?? {}) as ForeignError
  if (typeof code === 'string' && code !== '') return code
  const inner = errors?.[0] ?? cause
  return inner === undefined ? '' : codeOf(inner)
}

/** The error's own code by S3; where the answer had no body, as that of a HEAD, its status. */
function nameOf(error: unknown): string {
  const { name = '', code, $metadata } = (error ?? {}) as ForeignError
  const said = name === 'Error' && code !== undefined ? code : name
  if (said !== 'UnknownError' && said !== 'Unknown' && said !== 'Error') return said
  return $metadata?.httpStatusCode === undefined ? said : String($metadata.httpStatusCode)
}

function statusOf(error: unknown): number | undefined {
  return ((error ?? {}) as ForeignError).$metadata?.httpStatusCode
}
