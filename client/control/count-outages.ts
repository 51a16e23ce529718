import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/client'
import type { FailureKind } from '../../domain/failures.ts'
import type { OutageDocument } from '../../domain/removal-document.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import { pendingWork } from '../status/pending-work.ts'
import { visibilityQuery } from '../status/visibility-query.ts'

/** How many removals meet one kind of failure at the moment and are tried again. */
export interface OutageCount {
  kind: FailureKind
  count: number
  /** Since when the one that has failed for longest does. */
  since: string | null
  /** What one of them was told. */
  message: string
}

/** A description takes some milliseconds; an outage shows in any hundred of those that run. */
const MOST = 300
const AT_A_TIME = 10

/** The outages that have not parked a removal yet, one row for each kind, in the youngest 300 that run. */
export async function countOutages(client: Client): Promise<OutageCount[]> {
  const counts = new Map<FailureKind, OutageCount>()
  for (const outage of await outagesOf(client, await runningIds(client))) {
    const { kind, since, message } = outage
    const known = counts.get(kind) ?? { kind, count: 0, since, message }
    const earlier = (known.since ?? since ?? '') <= (since ?? known.since ?? '') ? known : outage
    counts.set(kind, { ...known, count: known.count + 1, since: earlier.since, message: earlier.message })
  }
  return [...counts.values()]
}

async function runningIds(client: Client): Promise<string[]> {
  const ids: string[] = []
  const running = client.workflow
    .list({ query: visibilityQuery({ isRunning: true }), pageSize: MOST })
    [Symbol.asyncIterator]()
  while (ids.length < MOST) {
    const next = await askTemporal(client, () => running.next())
    if (next.done) break
    if (next.value.typedSearchAttributes.get(searchAttributes.state) !== 'parked')
      ids.push(next.value.workflowId)
  }
  return ids
}

async function outagesOf(client: Client, ids: string[]): Promise<OutageDocument[]> {
  const turns = ids.values()
  const found: OutageDocument[] = []
  const look = async (): Promise<void> => {
    for (const id of turns) {
      const handle = client.workflow.getHandle(id)
      const description = await askTemporal(client, () => handle.describe()).catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return null
        throw error
      })
      const work = description === null ? null : await pendingWork(description, client)
      if (work?.outage) found.push(work.outage)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, look))
  return found
}
