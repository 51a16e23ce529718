import type { Client } from '@temporalio/client'
import type { FailureKind } from '../../domain/failures.ts'
import { isFailureKind } from '../../domain/failures.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import { parkedMemo } from '../status/described-state.ts'
import { visibilityQuery } from '../status/visibility-query.ts'

/** How many removals stand parked for one kind of failure. */
export interface ParkedCount {
  kind: FailureKind
  count: number
  /**
   * The moment since which the removal that waits longest has been parked; where its memo does not say so, the moment
   * when the removal began.
   */
  oldestSince: Date
}

const PAGE_SIZE = 500

/** What stands parked in a namespace, one row for each kind that occurs. `PlatformUnavailable` without Temporal. */
export async function countParked(client: Client): Promise<ParkedCount[]> {
  const counts = new Map<FailureKind, ParkedCount>()
  const pages = client.workflow
    .list({ query: visibilityQuery({ state: 'parked' }), pageSize: PAGE_SIZE })
    [Symbol.asyncIterator]()
  for (;;) {
    const next = await askTemporal(client, () => pages.next())
    if (next.done) return [...counts.values()]
    const shown = next.value.typedSearchAttributes.get(searchAttributes.failure)
    const kind = isFailureKind(shown) ? shown : 'Unexpected'
    const since = new Date(parkedMemo(next.value)?.since ?? next.value.startTime)
    const { count, oldestSince } = counts.get(kind) ?? { count: 0, oldestSince: since }
    counts.set(kind, { kind, count: count + 1, oldestSince: since < oldestSince ? since : oldestSince })
  }
}
