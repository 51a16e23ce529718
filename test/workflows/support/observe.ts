import { setTimeout as pause } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, defaultPayloadConverter } from '@temporalio/common'
import type { RemovalDocument, RemovalState } from '../../../domain/removal-document.ts'
import type { RemovalEnvironment } from '../../../testing/removal-environment.ts'
import type { removeBackground } from '../../../workflows/index.ts'
import { FINAL_DOCUMENT_MEMO, searchAttributes } from '../../../workflows/messages.ts'

export type RemovalHandle = WorkflowHandle<typeof removeBackground>

/** Removals in every test take this many looks at most; a look advances skipped time by `STEP_MS`. */
const LOOKS = 2_000
const STEP_MS = 1_000
const REAL_PAUSE_MS = 30

/** The final document, wherever the way of ending has put it. */
export async function documentOf(handle: RemovalHandle): Promise<RemovalDocument> {
  try {
    return await handle.result()
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure) return cause.details?.[0] as RemovalDocument
    if (cause instanceof CancelledFailure)
      return (await handle.describe()).memo?.[FINAL_DOCUMENT_MEMO] as RemovalDocument
    throw error
  }
}

/** Where a removal stands, by its search attributes. */
export async function stateOf(
  handle: RemovalHandle,
): Promise<{ state: RemovalState; failure: string | null; memo: Record<string, unknown> }> {
  const { typedSearchAttributes, memo } = await handle.describe()
  return {
    state: (typedSearchAttributes.get(searchAttributes.state) ?? 'accepted') as RemovalState,
    failure: typedSearchAttributes.get(searchAttributes.failure) ?? null,
    memo: memo ?? {},
  }
}

/** Looks until something holds; on a server that skips time, time goes on between the looks. */
export async function until(
  { temporal }: RemovalEnvironment,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (await holds()) return
    await (temporal.supportsTimeSkipping ? temporal.sleep(STEP_MS) : pause(REAL_PAUSE_MS))
  }
  throw new Error(`never: ${what}`)
}

/** Looks until a removal is in this state. */
export async function untilState(
  environment: RemovalEnvironment,
  handle: RemovalHandle,
  state: RemovalState,
): Promise<void> {
  await until(
    environment,
    `${handle.workflowId} ${state}`,
    async () => (await stateOf(handle)).state === state,
  )
}

/** Looks until a removal is parked for this kind of failure. */
export async function untilParkedFor(
  environment: RemovalEnvironment,
  handle: RemovalHandle,
  kind: string,
): Promise<void> {
  await until(environment, `${handle.workflowId} parked for ${kind}`, async () => {
    const { state, failure } = await stateOf(handle)
    return state === 'parked' && failure === kind
  })
}

/** Waits while the clock of a server that skips time goes no faster than the real one; the test's own time-out bounds it. */
export async function untilInRealTime(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(REAL_PAUSE_MS)
}

/** What a history holds: how many events, and which activities it scheduled, in order. */
export async function historyOf(handle: RemovalHandle): Promise<{ events: number; activities: string[] }> {
  const { events } = await handle.fetchHistory()
  const activities = (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
  )
  return { events: events?.length ?? 0, activities }
}

/** The states that a removal showed and the activities it scheduled, in order; not what runs beside them. */
export async function storyOf(handle: RemovalHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory()
  return (events ?? []).flatMap((event) => {
    const fields = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields
    const state = fields?.[searchAttributes.state.name]
    if (state) return String(defaultPayloadConverter.fromPayload(state))
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name ?? []
    return activity === 'recordPark' ? [] : activity
  })
}

/** Object keys under which the inputs of a removal are staged. */
export async function stagedInputs({ dependencies }: RemovalEnvironment, id: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of dependencies.storage.list(`inputs/${id}`)) keys.push(key)
  return keys
}
