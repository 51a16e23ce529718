import type { RemovalState } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { REMOVE_BACKGROUND, searchAttributes } from '../../workflows/messages.ts'
import type { ListFilter } from '../removals.ts'

/** What a list can be narrowed to, in Temporal's own words where it has one. */
export type VisibilityFilter = Omit<ListFilter, 'limit' | 'parkedSince'> & {
  isRunning?: boolean
  before?: Date
}

/** Temporal's list filter for removals. Values are quoted, so that none of them can change the query. */
export function visibilityQuery({
  state,
  project,
  fingerprint,
  failure,
  since,
  until,
  before,
  isRunning,
}: VisibilityFilter): string {
  return [
    is('WorkflowType', REMOVE_BACKGROUND),
    isRunning && is('ExecutionStatus', 'Running'),
    state && inState(state),
    project && is(searchAttributes.project.name, project),
    fingerprint && is(searchAttributes.fingerprint.name, fingerprint),
    failure && is(searchAttributes.failure.name, failure),
    since && `StartTime >= ${quoted(timeOf(since))}`,
    until && `StartTime <= ${quoted(timeOf(until))}`,
    before && `StartTime < ${quoted(timeOf(before))}`,
  ]
    .filter((condition) => typeof condition === 'string')
    .join(' AND ')
}

/**
 * The attribute stays as it was where an operator ended a workflow, and one that earlier builds refused has none, so the
 * execution's own status counts as well.
 */
function inState(state: RemovalState): string {
  const shown = is(searchAttributes.state.name, state)
  if (state === 'failed')
    return `(${shown} OR ExecutionStatus IN ('Terminated', 'TimedOut') OR (ExecutionStatus = 'Failed' AND ${searchAttributes.state.name} IS NULL))`
  return isFinal(state) ? shown : `${shown} AND ${is('ExecutionStatus', 'Running')}`
}

function is(attribute: string, value: string): string {
  return `${attribute} = ${quoted(value)}`
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

function timeOf(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new RemovalFailure('InvalidRequest', 'since: expected a date')
  return date.toISOString()
}
