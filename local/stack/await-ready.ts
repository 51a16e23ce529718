import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { missingSearchAttributes } from '../../worker/temporal/register-search-attributes.ts'
import type { KeptProcess } from '../processes/keep-running.ts'
import { lastSentence } from '../processes/last-words.ts'
import { isPortClash, PortTaken } from '../processes/port-block.ts'
import { connectTemporal } from '../temporal/connect-temporal.ts'

/** First boots on a busy machine take some seconds; what takes longer does not come. */
const STARTUP_MS = 90_000
/** A process that dies so often while the stack starts will not start at all. */
const MOST_DEATHS = 3
const LOOK_EVERY_MS = 100

/**
 * Waits until a look succeeds; fails with what the process last said when it keeps dying, or after a while, and as
 * `PortTaken` when it died since another program has its port.
 */
export async function awaitReady(
  part: { process: KeptProcess; logFile: string; signal: AbortSignal },
  isReady: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + STARTUP_MS
  while (!(await isReady().catch(() => false))) {
    part.signal.throwIfAborted()
    if (isPortClash(part.process.lastWords)) throw new PortTaken(part.process.lastWords)
    if (part.process.deaths >= MOST_DEATHS || Date.now() > end) throw notStarted(part)
    await sleep(LOOK_EVERY_MS, undefined, { signal: part.signal })
  }
}

/** A connection to the embedded server once it knows its namespace and our search attributes. */
export async function connectWhenReady(target: { address: string; namespace: string }): Promise<Connection> {
  const connection = await connectTemporal({ ...target, connection: {} }, { patienceMs: 0 })
  const missing = await missingSearchAttributes(connection, target.namespace).catch(() => ['all'])
  if (missing.length === 0) {
    await keepClosedRuns(connection, target.namespace)
    return connection
  }
  await connection.close()
  throw new RemovalFailure('PlatformUnavailable', `Temporal at ${target.address} is not ready yet`)
}

function notStarted({ process, logFile }: { process: KeptProcess; logFile: string }): RemovalFailure {
  const said = lastSentence(process.lastWords)
  return new RemovalFailure('PlatformUnavailable', `the embedded ${process.name} does not start: ${said}`, {
    hint: `See ${logFile}.`,
  })
}

/** As long as the compose file keeps them (`ops/temporal/create-namespace.sh`); a development server, one day. */
const RETENTION_SECONDS = 30 * 24 * 3_600

/** Lets a namespace of the embedded server keep closed runs long enough to be asked about; it remembers that itself. */
async function keepClosedRuns(
  { workflowService }: Pick<Connection, 'workflowService'>,
  namespace: string,
): Promise<void> {
  const { config } = await workflowService.describeNamespace({ namespace })
  const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0)
  if (seconds === RETENTION_SECONDS) return
  await workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(RETENTION_SECONDS * 1_000) },
  })
}
