import { createRequire } from 'node:module'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import proto from '@temporalio/proto'

/** What of protobufjs reads and writes JSON. */
interface JsonOfMessages {
  fromJson(type: unknown, json: unknown, options: { ignoreUnknownFields: boolean }): History | null
  toJson(type: unknown, message: History): unknown
}

// A project may have several copies of protobufjs, as npm lays them out, and each refuses the types that another one
// made. The SDK's own functions meet that fate, so that this asks the copy that made the types.
const besideTypes = createRequire(createRequire(import.meta.url).resolve('@temporalio/proto'))
const { fromJson, toJson } = besideTypes('protobufjs/ext/protojson') as JsonOfMessages

const { History: HistoryMessage } = proto.temporal.api.history.v1

/** What the values of these fields begin with, and what older servers left out: `TimerFired` for `EVENT_TYPE_TIMER_FIRED`. */
const PREFIXES: Record<string, string> = {
  eventType: 'EVENT_TYPE_',
  kind: 'TASK_QUEUE_KIND_',
  parentClosePolicy: 'PARENT_CLOSE_POLICY_',
  workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_',
  initiator: 'CONTINUE_AS_NEW_INITIATOR_',
  retryState: 'RETRY_STATE_',
}

/** A history from JSON as Temporal's tools write it. `TypeError` for what is none. */
export function historyFromJson(json: unknown): History {
  const { events } = (json ?? {}) as { events?: unknown }
  if (!Array.isArray(events)) throw new TypeError('it has no array of events')
  // A history of a newer server may have fields that this SDK does not know.
  const history = fromJson(HistoryMessage, withPrefixes({ events }), { ignoreUnknownFields: true })
  if (history === null) throw new TypeError('it is no history')
  return history
}

/** A history as Temporal's tools write it in JSON. */
export function jsonFromHistory(history: History): unknown {
  return toJson(HistoryMessage, HistoryMessage.fromObject(history))
}

function withPrefixes(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withPrefixes(item))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPrefixes(inner, key)]))
  const prefix = PREFIXES[name]
  if (typeof value !== 'string' || value === '' || prefix === undefined || value.startsWith(prefix))
    return value
  return prefix + value.replaceAll(/(?<=.)(?=[A-Z])/g, '_').toUpperCase()
}
