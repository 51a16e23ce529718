import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { RedirectFailed } from './guarded-get.ts'
import { HostRefused } from './host-refused.ts'

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

function reasonOf(error: unknown): string {
  const code = (error as { code?: string } | null)?.code
  return REASONS[code ?? ''] ?? code ?? 'the transfer failed'
}
