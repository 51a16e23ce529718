import { hostname } from 'node:os'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { findStack } from '../../local/stack/stack.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import { workerPolls } from '../../local/temporal/worker-polls.ts'
import { temporalTargetFrom } from '../../worker/temporal/temporal-target.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Health checks give up after some seconds, so that this has to answer before they do. */
const PATIENCE_MS = 4_000

/**
 * Asks Temporal whether a worker of this host polls every task queue: a dead Temporal and a worker that only looks
 * alive both fail. Silent and 0 when all is well.
 */
export async function runHealth(terminal: Terminal): Promise<number> {
  const { home } = readConfig(terminal)
  const target = temporalTargetFrom(terminal.environment) ?? (await findStack(home))?.temporal
  if (target === undefined) {
    throw new RemovalFailure(
      'PlatformUnavailable',
      'no worker runs: neither TEMPORAL_ADDRESS nor a stack is there',
      {
        hint: 'Set TEMPORAL_ADDRESS as the worker has it.',
      },
    )
  }
  const { namespace } = target
  const connection = await connectTemporal({ connection: {}, ...target }, { patienceMs: PATIENCE_MS })
  try {
    if (await workerPolls(connection, namespace, { hostName: hostname() })) return 0
    throw new RemovalFailure(
      'PlatformUnavailable',
      `no worker of ${hostname()} polls the task queues of ${namespace} at ${target.address}`,
      { hint: 'Its log says why; a worker that has just started needs some seconds.' },
    )
  } finally {
    await connection.close()
  }
}
