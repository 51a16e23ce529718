import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { retryAfterMsFrom } from '../../domain/retry-after.ts'

// The only file of this folder that names the error codes of sockets, of undici, of proxies and of file systems.

/** A request that was not made, or not followed, because `HostRules` refuse its host. */
export class HostRefused extends Error {
  override readonly name = 'HostRefused'

  constructor(hostname: string, refusal: string) {
    super(`${hostname} ${refusal}`)
  }
}

/** Too many redirects, or one that leads nowhere. */
export class RedirectFailed extends Error {
  override readonly name = 'RedirectFailed'
}

/** What the answer of an output host means when it is not the output itself. `host` stands for the URL, which is signed. */
export function failureFromResponse(host: string, httpStatus: number, retryAfter?: string): RemovalFailure {
  const message = `fetch output from ${host}: the host answered ${httpStatus}`
  if (httpStatus === 403 || httpStatus === 404 || httpStatus === 410) {
    return new RemovalFailure('OutputExpired', message, { httpStatus })
  }
  if (httpStatus === 429) {
    return new RemovalFailure('RateLimited', message, {
      httpStatus,
      retryAfterMs: retryAfterMsFrom(retryAfter, Date.now()),
    })
  }
  if (httpStatus === 407) {
    const hint = 'Correct HTTP_PROXY or HTTPS_PROXY, or name the host in NO_PROXY, and restart the worker.'
    return new RemovalFailure('VendorUnavailable', `${message}: the proxy wants credentials`, {
      httpStatus,
      hint,
    })
  }
  return new RemovalFailure(httpStatus >= 500 ? 'VendorUnavailable' : 'ContractViolation', message, {
    httpStatus,
  })
}

/** What an error on the way to an output means. Our own failures and the caller's cancellation pass unchanged. */
export function failureFromTransport(host: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason
  if (isRemovalFailure(error)) return error
  const action = `fetch output from ${host}`
  if (error instanceof HostRefused) {
    return new RemovalFailure('ContractViolation', `${action}: ${error.message}`, {
      hint: `If outputs may come from this host, add it to MATTEFLOW_OUTPUT_HOSTS, restart the worker and resume the removal.`,
      cause: error,
    })
  }
  if (error instanceof RedirectFailed) {
    return new RemovalFailure('ContractViolation', `${action}: ${error.message}`, { cause: error })
  }
  return new RemovalFailure('VendorUnavailable', `${action}: ${reasonOf(error)}`, { cause: error })
}

/** The failure of a source that is not there, or may not be read: `shown` is its URL without what signs it. */
export function unreadableSource(shown: string, error: unknown): RemovalFailure {
  const { name, message } = error as Error
  const isOurs = error instanceof HostRefused || error instanceof RedirectFailed
  const reason = name === 'TimeoutError' ? 'no answer in time' : isOurs ? message : reasonOf(error, message)
  return new RemovalFailure('InvalidInput', `the source ${shown} cannot be read: ${reason}`, {
    cause: error,
  })
}

/** Whether a resolver says for sure that there is no such name; one that is down says nothing about it. */
export function isUnknownName(error: unknown): boolean {
  return codeOf(error) === 'ENOTFOUND'
}

/** Runs a step on our own disk: what goes wrong there is `PlatformUnavailable`. */
export async function onDisk<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    const code = codeOf(error) ?? 'unknown error'
    throw new RemovalFailure('PlatformUnavailable', `write ${path}: ${DISK_REASONS[code] ?? code}`, {
      cause: error,
    })
  }
}

const DISK_REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'transfer cut short (the connection was reset)',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be resolved',
  UND_ERR_BODY_TIMEOUT: 'transfer cut short (no bytes for too long)',
  UND_ERR_HEADERS_TIMEOUT: 'no answer for too long',
  UND_ERR_CONNECT_TIMEOUT: 'no connection for too long',
  UND_ERR_SOCKET: 'transfer cut short (the host closed the connection)',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'transfer cut short (fewer bytes than announced)',
}

function reasonOf(error: unknown, otherwise = 'the transfer failed'): string {
  const refusal = /^Proxy response \((\d+)\)/.exec((error as Error | null)?.message ?? '')
  if (refusal !== null) return `the proxy answered ${refusal[1]} (HTTPS_PROXY, NO_PROXY)`
  const code = codeOf(error)
  return REASONS[code ?? ''] ?? code ?? otherwise
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
