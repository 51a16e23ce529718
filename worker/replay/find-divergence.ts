import type { History } from '@temporalio/common/lib/proto-utils.js'
import proto from '@temporalio/proto'
import type { Divergence } from './replayed-history.ts'
import type { WorkflowFiles } from './workflow-files.ts'

type HistoryEvent = NonNullable<History['events']>[number]

/** Where the whole story is, for whatever no single step is known for. */
const STORY = 'workflows/remove-background.ts'
const ADVICE =
  'Bring the old order back, or let runs that were recorded without the change keep it: `patched` with a row of workflows/patches.ts.'
/** What in the workflow code leads to an event that carries no name of its own. */
const CALLS: Record<string, RegExp> = {
  TimerStarted: /\bsleep\(/,
  TimerFired: /\bsleep\(/,
  TimerCanceled: /\bsleep\(/,
  WorkflowExecutionSignaled: /\bdefineSignal\b/,
  WorkflowExecutionUpdateAccepted: /\bdefineUpdate\b/,
  WorkflowExecutionUpdateCompleted: /\bdefineUpdate\b/,
  WorkflowPropertiesModified: /\bupsertMemo\(/,
  UpsertWorkflowSearchAttributes: /\bupsertSearchAttributes\(/,
  WorkflowExecutionContinuedAsNew: /\bcontinueAsNew\b/,
}

/** Where a history and the workflow code part ways. `fails` says whether the first so many events already differ. */
export async function findDivergence(
  events: readonly HistoryEvent[],
  failure: string,
  files: WorkflowFiles,
  fails: (length: number) => Promise<boolean>,
): Promise<Divergence> {
  let [fits, differs] = [0, events.length]
  while (differs - fits > 1) {
    const middle = Math.floor((fits + differs) / 2)
    if (await fails(middle)) differs = middle
    else fits = middle
  }
  const event = events[differs - 1]
  const type = typeOf(event)
  const name = event === undefined ? null : nameOf(event, events)
  return {
    eventId: differs,
    event: name === null ? type : `${type} ${name}`,
    file: fileOf(type, [commandIn(failure), name], files),
    advice: ADVICE,
  }
}

/** The file whose step the code takes there, or else whose step the history tells of. */
function fileOf(type: string, names: readonly (string | null)[], files: WorkflowFiles): string {
  const holding = (pattern: RegExp): string | undefined =>
    [...files].find(([path, text]) => path !== 'workflows/activities.ts' && pattern.test(text))?.[0]
  for (const name of names) {
    const found = name === null ? undefined : holding(new RegExp(`\\bactivities\\s*\\.${escaped(name)}\\(`))
    if (found !== undefined) return found
  }
  const call = CALLS[type]
  return (call && holding(call)) ?? STORY
}

/** What the code wanted to run, where the replayer says so. */
function commandIn(failure: string): string | null {
  return /activity type of activity command '(\w+)'/.exec(failure)?.[1] ?? null
}

/** `ActivityTaskScheduled` for Temporal's `EVENT_TYPE_ACTIVITY_TASK_SCHEDULED`. */
function typeOf(event: HistoryEvent | undefined): string {
  const type =
    proto.temporal.api.enums.v1.EventType[Number(event?.eventType ?? 0)] ?? 'EVENT_TYPE_UNSPECIFIED'
  return type
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function nameOf(event: HistoryEvent, events: readonly HistoryEvent[]): string | null {
  const scheduledId =
    event.activityTaskStartedEventAttributes?.scheduledEventId ??
    event.activityTaskCompletedEventAttributes?.scheduledEventId ??
    event.activityTaskFailedEventAttributes?.scheduledEventId ??
    event.activityTaskTimedOutEventAttributes?.scheduledEventId ??
    event.activityTaskCancelRequestedEventAttributes?.scheduledEventId ??
    event.activityTaskCanceledEventAttributes?.scheduledEventId
  const scheduled = scheduledId ? events[Number(scheduledId) - 1] : event
  return (
    scheduled?.activityTaskScheduledEventAttributes?.activityType?.name ??
    event.workflowExecutionSignaledEventAttributes?.signalName ??
    event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name ??
    null
  )
}

function escaped(name: string): string {
  return name.replaceAll(/\W/g, '\\$&')
}
