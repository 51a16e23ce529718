import type { Client } from '@temporalio/client'
import { Connection, isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client'
import { RemovalFailure } from '../domain/removal-failure.ts'

/** gRPC's numbers, of which `@temporalio/client` exports none. Source: grpc.io, status codes. */
const GRPC = { invalidArgument: 3, permissionDenied: 7, unauthenticated: 16 } as const
/** CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE: the same question may be answered later. */
const PASSING_CODES: readonly number[] = [1, 2, 4, 8, 10, 13, 14]

/** What an error of Temporal's client means to callers: `PlatformUnavailable`; other errors pass unchanged. */
export function failureFromTemporal(error: unknown, client: Client): unknown {
  if (error instanceof NamespaceNotFoundError) {
    return unavailable(
      client,
      `has no namespace ${error.namespace}`,
      error,
      'Check TEMPORAL_NAMESPACE, or create the namespace.',
    )
  }
  if (!(error instanceof ServiceError) && !isGrpcServiceError(error)) return error
  const status = grpcStatusOf(error)
  if (status === undefined || PASSING_CODES.includes(status.code)) {
    return unavailable(
      client,
      'cannot be reached',
      error,
      'Check TEMPORAL_ADDRESS and whether the server runs; then repeat the call, which buys nothing twice.',
    )
  }
  if (status.code === GRPC.permissionDenied || status.code === GRPC.unauthenticated) {
    return unavailable(
      client,
      'refuses the credentials',
      error,
      'Check TEMPORAL_API_KEY or the TEMPORAL_TLS settings.',
    )
  }
  const hint = /search attribute/i.test(status.details)
    ? 'Start a worker that may register search attributes, or register them with `temporal operator search-attribute create`.'
    : 'See the server log; `matteflow doctor` names what is missing.'
  return unavailable(client, `refuses the call: ${status.details}`, error, hint)
}

/** Whether a failure says that Temporal did not answer, so that nothing is known and asking again may help. */
export function isTemporalAway(failure: unknown): boolean {
  if (!(failure instanceof RemovalFailure) || failure.kind !== 'PlatformUnavailable') return false
  const { cause } = failure
  if (!(cause instanceof ServiceError) && !isGrpcServiceError(cause)) return false
  const status = grpcStatusOf(cause)
  return status === undefined || PASSING_CODES.includes(status.code)
}

function grpcStatusOf(error: Error): { code: number; details: string } | undefined {
  if (isGrpcServiceError(error)) return error
  return isGrpcServiceError(error.cause) ? error.cause : undefined
}

function unavailable({ connection }: Client, what: string, cause: unknown, hint: string): RemovalFailure {
  const address = connection instanceof Connection ? ` at ${connection.options.address}` : ''
  return new RemovalFailure('PlatformUnavailable', `Temporal${address} ${what}`, { cause, hint })
}
