import type { Labels } from '../activities/labels.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { asThrowable } from './activities.ts'
import type { CancelNote, ResumeRequest } from './messages.ts'
import type { CarriedState } from './removal-run.ts'

/** A caller's own ids are at most this long; docs/reference.md. */
const LONGEST_LABEL = 256

/**
 * The caller's own ids in a request. Clients in other languages can start a workflow with anything, and an error here
 * would block it for ever: what is no text is left out, and the admission refuses the request by name.
 */
export function readLabels(request: unknown): Labels {
  const { project, user, reference } = fieldsOf(request)
  return { project: labelFrom(project) ?? 'default', user: labelFrom(user), reference: labelFrom(reference) }
}

/** Whether an argument is what a run of a removal gives to the next one: null in a first run. */
export function isCarried(value: unknown): value is CarriedState | null {
  if (value === null) return true
  const { deadlineAtMs, parks, failed = [], variant = null, answer = null, ending = null } = fieldsOf(value)
  return (
    typeof parks === 'number' &&
    (deadlineAtMs === null || typeof deadlineAtMs === 'number') &&
    Array.isArray(failed) &&
    failed.every((purchase) => isObject(purchase) && isObject(purchase['variant'])) &&
    [variant, answer, ending].every((field) => field === null || isObject(field))
  )
}

/** What a signal says about a cancellation; null and whatever is no text count as not said. */
export function readCancelNote(said: unknown): CancelNote {
  const { by, note } = fieldsOf(said)
  return { ...(typeof by === 'string' && { by }), ...(typeof note === 'string' && { note }) }
}

/** What an update asks for; clients in other languages send null for what they do not say. */
export function readResume(asked: unknown): ResumeRequest {
  const { as, maxCredits, by, note } = fieldsOf(asked)
  const said = Object.entries({ as, maxCredits, by, note })
  return Object.fromEntries(
    said.filter(([, value]) => value !== undefined && value !== null),
  ) as ResumeRequest
}

/** Ends a workflow whose argument lacks the one text that it is about, instead of an error that blocks it for ever. */
export function requireText(input: unknown, field: string): void {
  const text = fieldsOf(input)[field]
  if (typeof text === 'string' && text !== '') return
  throw asThrowable(new RemovalFailure('InvalidRequest', `${field}: expected text`))
}

function labelFrom(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_LABEL ? value : null
}

function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return isObject(value) ? value : {}
}

/** Whether an argument has fields at all. */
export function isObject(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
