import type { Connection } from '@temporalio/client'
import { isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client'
import { findTemporalServer } from '#tools'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import { unpolledQueues } from '../../local/temporal/worker-polls.ts'
import {
  lackingAttributesAdvice,
  missingSearchAttributes,
} from '../../worker/temporal/register-search-attributes.ts'
import type { TemporalTarget } from '../../worker/temporal/temporal-target.ts'
import type { Problem } from './problem.ts'

/** Temporal answers, has the namespace and our search attributes, and a worker polls each queue; or it can be started. */
export async function checkTemporal(target: TemporalTarget | null): Promise<Problem[]> {
  if (target === null) {
    if ((await findTemporalServer()) !== undefined) return []
    const problem = 'no Temporal server is installed and TEMPORAL_ADDRESS names none'
    const fix = 'Run `matteflow dev`, which installs one, or set TEMPORAL_ADDRESS.'
    return [{ kind: 'PlatformUnavailable', problem, fix }]
  }
  const connection = await connectTemporal(target, { patienceMs: 3_000 })
  try {
    const noNamespace = await checkNamespace(connection, target)
    if (noNamespace.length > 0) return noNamespace
    const missing = await missingSearchAttributes(connection, target.namespace)
    const queues = await unpolledQueues(connection, target.namespace)
    return [
      ...(missing.length === 0 ? [] : [unregistered(missing, target.namespace)]),
      ...(queues.length === 0 ? [] : [unserved(queues, target)]),
    ]
  } finally {
    await connection.close()
  }
}

async function checkNamespace(
  connection: Connection,
  { namespace, address }: TemporalTarget,
): Promise<Problem[]> {
  try {
    await connection.workflowService.describeNamespace({ namespace })
    return []
  } catch (error) {
    if (
      !(error instanceof NamespaceNotFoundError) &&
      !(isGrpcServiceError(error) && error.code === NOT_FOUND)
    )
      return isRefusal(error) ? [] : Promise.reject(error)
    const problem = `Temporal at ${address} has no namespace ${namespace}`
    const fix = `Check TEMPORAL_NAMESPACE, or run \`temporal operator namespace create ${namespace}\`.`
    return [{ kind: 'PlatformUnavailable', problem, fix }]
  }
}

/** Of the gRPC status codes: NOT_FOUND; PERMISSION_DENIED and UNIMPLEMENTED. */
const NOT_FOUND = 5
const REFUSALS: readonly number[] = [7, 12]

function isRefusal(error: unknown): boolean {
  return isGrpcServiceError(error) && REFUSALS.includes(error.code)
}

function unregistered(missing: string[], namespace: string): Problem {
  const names = missing.map((flag) => flag.split('=')[0] ?? '')
  const { message, hint } = lackingAttributesAdvice({ names, reason: '' }, namespace)
  return { kind: 'InvalidRequest', problem: message, fix: hint }
}

function unserved(queues: string[], { address, namespace }: TemporalTarget): Problem {
  const problem = `no worker polls ${queues.join(', ')} of ${namespace} at ${address}`
  return { kind: 'PlatformUnavailable', problem, fix: 'Start one with `matteflow worker`.' }
}
