import type { Client } from '@temporalio/client'
import type { ActivityDependencies } from '../../activities/index.ts'
import type { Config } from '../../adapters/environment/config.ts'
import { postWord } from '../../adapters/transfer/post-word.ts'
import { countParked } from '../../client/control/count-parked.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import type { notifyParked } from '../../workflows/index.ts'
import { NOTIFICATIONS_WORKFLOW_ID, NOTIFY_PARKED } from '../../workflows/messages.ts'

/** How often it is looked whether something parked. */
const EVERY_MS = 15_000

/** What the activities need to tell of parked removals; undefined where nobody asked. */
export function notificationsFrom(
  { notifyUrl, proxies }: Pick<Config, 'notifyUrl' | 'proxies'>,
  client: Client,
): ActivityDependencies['notifications'] {
  if (notifyUrl === null) return undefined
  return {
    everyMs: EVERY_MS,
    shape: isSlack(notifyUrl) ? 'slack' : 'generic',
    async parkedGroups() {
      const parked = await countParked(client)
      return parked.map(({ oldestSince, ...group }) => ({ ...group, sinceMs: oldestSince.getTime() }))
    },
    send: (message, signal) => postWord(notifyUrl, message, { proxies, signal }),
  }
}

/** Starts the one workflow of the namespace that tells, unless it runs. */
export async function startNotifications(client: Client): Promise<void> {
  await client.workflow.start<typeof notifyParked>(NOTIFY_PARKED, {
    workflowId: NOTIFICATIONS_WORKFLOW_ID,
    taskQueue: TASK_QUEUES.own,
    args: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: 'tells MATTEFLOW_NOTIFY_URL when removals park',
  })
}

/** Slack's own hooks, and those of others that take its shape, which the fragment of the URL says. It is never sent. */
function isSlack(url: string): boolean {
  const { hostname, hash } = new URL(url)
  return hostname === 'hooks.slack.com' || hash === '#slack'
}
