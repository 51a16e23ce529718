import { setTimeout as sleep } from 'node:timers/promises'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { TemporalAccess } from '../../local/temporal/with-temporal.ts'
import { workerPolls } from '../../local/temporal/worker-polls.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** A worker that is just starting is not worth a line. */
const PATIENCE_MS = 3_000

/** Says so once when nobody polls our task queues: a removal then waits, and nothing would tell why. */
export async function tellWithoutWorker(
  terminal: Terminal,
  access: TemporalAccess,
  signal: AbortSignal,
): Promise<void> {
  const isServed = (): Promise<boolean> =>
    // What cannot be asked is no reason to alarm anybody.
    workerPolls(access.client.connection, access.namespace).catch(() => true)
  if (await isServed()) return
  await sleep(PATIENCE_MS, undefined, { signal }).catch(() => {})
  if (signal.aborted || (await isServed())) return
  const queues = Object.values(TASK_QUEUES).join(', ')
  terminal.say(
    `no worker polls the task queues ${queues} of ${access.namespace} at ${access.address}: waiting for one`,
  )
  terminal.say('  Start one with `matteflow worker`; the removal is accepted and goes on then.')
}
