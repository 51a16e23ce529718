import { defaultPayloadConverter } from '@temporalio/common'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import type { FailureDocument } from '../../domain/removal-document.ts'
import { historyFromJson } from '../../worker/replay/history-json.ts'
import { PARKED_MEMO, RESUME } from '../../workflows/messages.ts'
import type { Bundle } from './bundle.schema.ts'

type Event = NonNullable<History['events']>[number]
type Payloads =
  | { payloads?: Parameters<typeof defaultPayloadConverter.fromPayload>[0][] | null }
  | null
  | undefined

/** One activity of a removal, as its history tells of it. */
interface RecordedActivity {
  type: string
  /** Of the attempt that ended it; 0 where none began. */
  attempts: number
  /** What it gave; undefined where it gave nothing. */
  result?: unknown
  /** The kind and words that it failed with; null where it did not. */
  failure: { kind: string; message: string } | null
}

/** What people, and the clock, did to a removal, in order. */
export interface RecordedSteps {
  /** Arguments that the first run was started with. */
  args: unknown[]
  activities: RecordedActivity[]
  /** What each resume said. */
  resumes: unknown[]
  /** Kinds that it was parked for. */
  parks: string[]
  /** When it was asked to be cancelled, epoch milliseconds; null where nobody did. */
  cancelledAtMs: number | null
}

/** What the histories of a bundle tell, over all runs. */
export function recordedSteps({ histories }: Pick<Bundle, 'histories'>): RecordedSteps {
  const steps: RecordedSteps = { args: [], activities: [], resumes: [], parks: [], cancelledAtMs: null }
  histories.forEach((json, run) => {
    const { events } = historyFromJson(json)
    const activities = new Map<string, RecordedActivity>()
    for (const event of events ?? []) {
      const started = event.workflowExecutionStartedEventAttributes
      if (started && run === 0) steps.args = valuesOf(started.input)
      readActivity(event, activities)
      const asked = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input
      if (asked?.name === RESUME) steps.resumes.push(valuesOf(asked.args)[0] ?? {})
      const memo = event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields?.[PARKED_MEMO]
      const parked = memo
        ? defaultPayloadConverter.fromPayload<FailureDocument | null | undefined>(memo)
        : null
      if (parked) steps.parks.push(parked.kind)
      if (event.workflowExecutionCancelRequestedEventAttributes)
        steps.cancelledAtMs ??= Number(event.eventTime?.seconds ?? 0) * 1_000
    }
    steps.activities.push(...activities.values())
  })
  return steps
}

function readActivity(event: Event, activities: Map<string, RecordedActivity>): void {
  const scheduled = event.activityTaskScheduledEventAttributes
  if (scheduled)
    activities.set(String(event.eventId), {
      type: scheduled.activityType?.name ?? '',
      attempts: 0,
      failure: null,
    })
  const of = (id: unknown): RecordedActivity | undefined => activities.get(String(id))
  const started = event.activityTaskStartedEventAttributes
  const running = started && of(started.scheduledEventId)
  if (running) running.attempts = started.attempt ?? 1
  const completed = event.activityTaskCompletedEventAttributes
  const done = completed && of(completed.scheduledEventId)
  if (done) done.result = valuesOf(completed.result)[0]
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes
  const broken = failed && of(failed.scheduledEventId)
  if (broken)
    broken.failure = {
      kind: failed.failure?.applicationFailureInfo?.type ?? 'TimedOut',
      message: failed.failure?.message ?? '',
    }
}

function valuesOf(payloads: Payloads): unknown[] {
  return (payloads?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload))
}
