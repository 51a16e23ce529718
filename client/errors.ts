import type { Client } from '@temporalio/client'
import {
  ApplicationFailure,
  Connection,
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  ValueError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { decodeFailure } from '../domain/failure-codec.ts'
import type { RemovalDocument } from '../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../domain/removal-failure.ts'

/** How an encrypted payload names itself where no codec took it for its own. */
const ENCRYPTED = 'binary/encrypted'
/** gRPC's numbers, of which `@temporalio/client` exports none. Source: grpc.io, status codes. */
const GRPC = { invalidArgument: 3, notFound: 5, permissionDenied: 7, unauthenticated: 16 } as const
/** CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE: the same question may be answered later. */
const PASSING_CODES: readonly number[] = [1, 2, 4, 8, 10, 13, 14]

/** What an error of Temporal's client means to callers: `PlatformUnavailable`; other errors pass unchanged. */
export function failureFromTemporal(error: unknown, { connection }: Client): unknown {
  if (error instanceof ValueError && error.message.includes(ENCRYPTED))
    return new RemovalFailure(
      'PlatformUnavailable',
      'payloads in Temporal are encrypted, and this client has no key',
      {
        cause: error,
        hint: 'Give the Temporal client `dataConverter: { payloadCodecs: [createPayloadCodec(keys)] }`, with the keys of the workers.',
      },
    )
  const isTemporals =
    error instanceof NamespaceNotFoundError || error instanceof ServiceError || isGrpcServiceError(error)
  if (!isTemporals) return error
  return serviceFailure(error, connection instanceof Connection ? connection.options.address : null)
}

/** What an answer of a Temporal server means, or the lack of one, in one sentence with what to do about it. */
export function serviceFailure(error: unknown, address: string | null): RemovalFailure {
  // What could not be decoded says so itself.
  if (isRemovalFailure(error)) return error
  const refused = (what: string, hint: string): RemovalFailure =>
    new RemovalFailure('PlatformUnavailable', `Temporal${address === null ? '' : ` at ${address}`} ${what}`, {
      cause: error,
      hint,
    })
  const namespace = missingNamespace(error)
  if (namespace !== null)
    return refused(`has no namespace ${namespace}`, 'Check TEMPORAL_NAMESPACE, or create the namespace.')
  const status = serviceStatusOf(error)
  if (status === undefined || PASSING_CODES.includes(status.code)) {
    return refused(
      'cannot be reached',
      'Check TEMPORAL_ADDRESS and whether the server runs; then repeat the call, which buys nothing twice.',
    )
  }
  if (isRefusal(error)) {
    return refused(
      `refuses the credentials: ${status.details}`,
      'Check TEMPORAL_API_KEY (is it expired, or of another namespace?) or the TEMPORAL_TLS settings.',
    )
  }
  return refused(
    `refuses the call: ${status.details}`,
    /search attribute/i.test(status.details)
      ? 'Start a worker that may register search attributes, or register them with `temporal operator search-attribute create`.'
      : 'See the server log; `matteflow doctor` names what is missing.',
  )
}

/** Whether a server does not know a search attribute of ours, which its namespace may lack. */
export function isUnknownAttribute(error: unknown): boolean {
  const status = serviceStatusOf(error instanceof RemovalFailure ? error.cause : error)
  return status?.code === GRPC.invalidArgument && /search attribute/i.test(status.details)
}

/** Whether a server has no run of that workflow, or none any more; the SDK tells so in two ways. */
export function isUnknownWorkflow(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true
  return serviceStatusOf(error)?.code === GRPC.notFound && missingNamespace(error) === null
}

/** Whether a server did not understand what it was asked, as a query of somebody's own. */
export function isUnintelligible(error: unknown): boolean {
  return serviceStatusOf(error)?.code === GRPC.invalidArgument
}

/** Whether a server refused the credentials themselves: asking again is of no use. */
export function isRefusal(error: unknown): boolean {
  const code = serviceStatusOf(error)?.code
  return code === GRPC.permissionDenied || code === GRPC.unauthenticated
}

/** The namespace that a server says it lacks; null where it says no such thing. */
function missingNamespace(error: unknown): string | null {
  if (error instanceof NamespaceNotFoundError) return error.namespace
  const status = serviceStatusOf(error)
  if (status?.code !== GRPC.notFound) return null
  return /namespace\s+(\S+?):?\s+is not found/i.exec(status.details)?.[1] ?? null
}

/** Whether a failure says that Temporal did not answer, so that nothing is known and asking again may help. */
export function isTemporalAway(failure: unknown): boolean {
  if (!(failure instanceof RemovalFailure) || failure.kind !== 'PlatformUnavailable') return false
  const { cause } = failure
  if (!(cause instanceof ServiceError) && !isGrpcServiceError(cause)) return false
  const status = serviceStatusOf(cause)
  return status === undefined || PASSING_CODES.includes(status.code)
}

/** The gRPC status that a server answered with, however the SDK has wrapped it. */
export function serviceStatusOf(error: unknown): { code: number; details: string } | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  const status = isGrpcServiceError(error) ? error : isGrpcServiceError(cause) ? cause : undefined
  // A worker's connection gives the server's words as the message alone.
  return status && { code: status.code, details: status.details || status.message }
}

/**
 * What a removal's workflow ended with or refused, or what an activity of it met, from Temporal's failure, with the whole
 * document where one was given. Undefined for causes that tell nothing beyond the workflow's status
 * (cancelled, terminated, timed out).
 */
export function failureFromWorkflow(cause: unknown): RemovalFailure | undefined {
  return cause instanceof ApplicationFailure ? (decodeFailure(cause) ?? undefined) : undefined
}

/** The document of the removal that a failure ended or parked; undefined for failures without a removal. */
export function documentOf(failure: unknown): RemovalDocument | undefined {
  return (isRemovalFailure(failure) ? failure.document : null) ?? undefined
}

/** The failure that a document of a failed, cancelled or parked removal holds. */
export function failureFromDocument(document: RemovalDocument): RemovalFailure {
  const { id, state, failure } = document
  if (failure !== null) return RemovalFailure.fromDocument(failure, document)
  return new RemovalFailure('Unexpected', `removal ${id} is ${state} and does not say why`, { document })
}
