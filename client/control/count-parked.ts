import type { Client } from '@temporalio/client'
import type { FailureKind } from '../../domain/failures.ts'
import { isFailureKind } from '../../domain/failures.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import { parkedMemo } from '../status/described-state.ts'
import { visibilityQuery } from '../status/visibility-query.ts'

/** How many removals of one project stand parked for one kind of failure. */
export interface ParkedCount {
  kind: FailureKind
  project: string
  count: number
  /**
   * The moment since which the removal that waits longest has been parked; where its memo does not say so, the moment
   * when the removal began.
   */
  oldestSince: Date
}

const PAGE_SIZE = 500

/** What stands parked in a namespace, a row for each kind and project that occurs. `PlatformUnavailable` without Temporal. */
export async function countParked(client: Client): Promise<ParkedCount[]> {
  const counts = new Map<string, ParkedCount>()
  const pages = client.workflow
    .list({ query: visibilityQuery({ state: 'parked' }), pageSize: PAGE_SIZE })
    [Symbol.asyncIterator]()
  for (;;) {
    const next = await askTemporal(client, () => pages.next())
    if (next.done) return [...counts.values()]
    const { typedSearchAttributes, startTime } = next.value
    const shown = typedSearchAttributes.get(searchAttributes.failure)
    const kind = isFailureKind(shown) ? shown : 'Unexpected'
    const project = typedSearchAttributes.get(searchAttributes.project) ?? 'default'
    const since = new Date(parkedMemo(next.value)?.since ?? startTime)
    const key = JSON.stringify([kind, project])
    const { count, oldestSince } = counts.get(key) ?? { count: 0, oldestSince: since }
    const oldest = since < oldestSince ? since : oldestSince
    counts.set(key, { kind, project, count: count + 1, oldestSince: oldest })
  }
}
