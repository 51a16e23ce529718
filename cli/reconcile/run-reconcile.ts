import type { Client } from '@temporalio/client'
import { WorkflowFailedError } from '@temporalio/client'
import { askTemporal } from '../../client/ask-temporal.ts'
import { failureFromWorkflow } from '../../client/errors.ts'
import { millisecondsFrom } from '../../domain/duration.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { ReconcileReport, ReconcileRequest } from '../../domain/reconcile/reconcile-report.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { requireKey, withTemporal } from '../../local/temporal/with-temporal.ts'
import { workerPolls } from '../../local/temporal/worker-polls.ts'
import type { reconcileBooks } from '../../workflows/index.ts'
import { RECONCILE_BOOKS } from '../../workflows/messages.ts'
import { readNumber } from '../terminal/read-arguments.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'
import {
  RECONCILE_SCHEDULE_ID,
  reconcileWorkflowId,
  scheduleReconcile,
  unscheduleReconcile,
} from './reconcile-schedule.ts'
import { reconcileLines } from './render-reconcile.ts'

export interface ReconcileFlags {
  project?: string
  days: string
  schedule?: string
  unschedule?: boolean
  json?: boolean
}

export async function runReconcile(terminal: Terminal, flags: ReconcileFlags): Promise<number> {
  const request = {
    project: flags.project ?? null,
    days: Math.ceil(readNumber('--days', flags.days, { least: 1, most: 90 })),
  }
  const everyMs = flags.schedule === undefined ? null : intervalFrom(flags.schedule)
  const config = readConfig(terminal)
  const { environment, say } = terminal
  const access = await withTemporal({ config, environment, makesWork: false, log: say })
  try {
    const { client, stack } = access
    if (flags.unschedule) return await unschedule(terminal, client, flags)
    if (everyMs !== null) return await schedule(terminal, client, { everyMs, request, flags })
    // A stack that was started to look has no worker, and who has no key cannot have one.
    if (stack?.vendor === null) requireKey(config)
    if (!(await workerPolls(client.connection, access.namespace).catch(() => true)))
      say(`no worker polls the task queues of ${access.namespace} at ${access.address}: waiting for one`)
    const report = await reconcile(client, request, say)
    if (flags.json) terminal.json(report)
    else terminal.result(reconcileLines(report).join('\n'))
    return 0
  } finally {
    await access.close()
  }
}

async function reconcile(
  client: Client,
  request: ReconcileRequest,
  say: Terminal['say'],
): Promise<ReconcileReport> {
  const workflowId = `${reconcileWorkflowId(request)}/${new Date().toISOString()}`
  const handle = await askTemporal(client, () =>
    client.workflow.start<typeof reconcileBooks>(RECONCILE_BOOKS, {
      workflowId,
      taskQueue: TASK_QUEUES.own,
      args: [request],
    }),
  )
  say(`comparing the ledger: ${workflowId}`)
  try {
    return await handle.result()
  } catch (error) {
    throw error instanceof WorkflowFailedError ? (failureFromWorkflow(error.cause) ?? error) : error
  }
}

function intervalFrom(text: string): number {
  const ms = millisecondsFrom(text)
  if (ms !== undefined && ms >= 60_000) return ms
  throw new RemovalFailure(
    'InvalidRequest',
    `--schedule: expected a duration of at least 1m, like 1d, not ${text}`,
  )
}

async function schedule(
  terminal: Terminal,
  client: Client,
  { everyMs, request, flags }: { everyMs: number; request: ReconcileRequest; flags: ReconcileFlags },
): Promise<number> {
  await askTemporal(client, () => scheduleReconcile(client, everyMs, request))
  const document = { scheduleId: RECONCILE_SCHEDULE_ID, every: flags.schedule, ...request }
  if (flags.json) terminal.json(document)
  else terminal.result(`${RECONCILE_SCHEDULE_ID} runs every ${flags.schedule}, ${request.days} days back`)
  return 0
}

async function unschedule(terminal: Terminal, client: Client, { json }: ReconcileFlags): Promise<number> {
  const removed = await askTemporal(client, () => unscheduleReconcile(client))
  const sentence = removed ? `${RECONCILE_SCHEDULE_ID} is removed` : `there is no ${RECONCILE_SCHEDULE_ID}`
  if (json) terminal.json({ scheduleId: RECONCILE_SCHEDULE_ID, removed })
  else terminal.result(sentence)
  return 0
}
