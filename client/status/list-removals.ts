import type { WorkflowExecutionInfo } from '@temporalio/client'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import type { ListFilter } from '../removals.ts'
import type { Surroundings } from '../surroundings.ts'
import { joinedInto } from './describe-removal.ts'
import { documentFromDescription } from './document-from-description.ts'
import { closedDocument } from './removal-status.ts'
import { todaysDocument } from './todays-document.ts'
import type { VisibilityFilter } from './visibility-query.ts'
import { visibilityQuery } from './visibility-query.ts'
import { withForgotten } from './with-forgotten.ts'

/** The youngest removals are looked up by the minute; each older window is so many times longer. */
const WINDOW = { firstMs: 60_000, growth: 4 } as const

/** Removals, newest first: those that Temporal's visibility knows, and with records those that it has forgotten. */
export async function* listRemovals(
  around: Surroundings,
  { limit = Number.POSITIVE_INFINITY, parkedSince, ...others }: ListFilter = {},
): AsyncGenerator<RemovalDocument, void, undefined> {
  if (limit <= 0) return
  let left = limit
  const filter = parkedSince === undefined ? others : { ...others, state: 'parked' as const }
  for await (const document of withForgotten(around, filter, visibleRemovals(around, filter))) {
    // Since when a removal is parked stands in its memo, by which visibility cannot search.
    if (parkedSince !== undefined && !(new Date(document.parkedSince ?? 0) >= parkedSince)) continue
    yield todaysDocument(document)
    left -= 1
    if (left <= 0) return
  }
}

/**
 * Visibility's own order is another (running ones, then by their end) and cannot be chosen, so it is read in windows
 * of time, each of which is sorted.
 */
async function* visibleRemovals(
  around: Surroundings,
  filter: Omit<ListFilter, 'limit' | 'parkedSince'>,
): AsyncGenerator<RemovalDocument, void, undefined> {
  const nowMs = filter.until === undefined ? Date.now() : filter.until.getTime() + 1
  const oldestMs = filter.since?.getTime() ?? 0
  let window: VisibilityFilter = filter
  for (let lengthMs: number = WINDOW.firstMs; ; lengthMs *= WINDOW.growth) {
    const since = new Date(Math.max(oldestMs, nowMs - lengthMs))
    // A request that joined another removal is no removal of its own.
    const own = (await allOf(around, { ...window, since })).filter((each) => joinedInto(each) === undefined)
    for (const workflow of own) yield await listedDocument(around, workflow)
    window = { ...filter, before: since }
    if (since.getTime() <= oldestMs || (await isEmpty(around, window))) return
  }
}

/** How a workflow failed stands in its attributes; one that has none is asked itself. */
async function listedDocument(
  around: Surroundings,
  workflow: WorkflowExecutionInfo,
): Promise<RemovalDocument> {
  const document = documentFromDescription(workflow, around.client.options.namespace)
  const { status, typedSearchAttributes } = workflow
  const isToldWhy =
    status.name !== 'FAILED' || typedSearchAttributes.get(searchAttributes.failure) !== undefined
  return isToldWhy ? document : closedDocument(around, document, workflow)
}

async function allOf({ client }: Surroundings, filter: VisibilityFilter): Promise<WorkflowExecutionInfo[]> {
  const pages = client.workflow.list({ query: visibilityQuery(filter) })[Symbol.asyncIterator]()
  const found: WorkflowExecutionInfo[] = []
  for (;;) {
    const next = await askTemporal(client, () => pages.next())
    if (next.done) return found.sort(newestFirst)
    found.push(next.value)
  }
}

/** Those of one moment by their ids, as the records have them. */
function newestFirst(left: WorkflowExecutionInfo, right: WorkflowExecutionInfo): number {
  const later = right.startTime.getTime() - left.startTime.getTime()
  return later === 0 ? (right.workflowId > left.workflowId ? 1 : -1) : later
}

async function isEmpty({ client }: Surroundings, filter: VisibilityFilter): Promise<boolean> {
  const { count } = await askTemporal(client, () => client.workflow.count(visibilityQuery(filter)))
  return count === 0
}
