import type { Payload } from '@temporalio/common'

/** A payload somewhere within a message of Temporal's API. */
export interface FoundPayload {
  payload: Payload
  /** Puts another one in its place. */
  replace(by: Payload): void
}

/**
 * Every payload within a message of Temporal's API: a history, a description, a part of them. What no codec
 * ever sees is left out: search attributes, which Temporal searches, and ids of patches, which the SDK itself records.
 */
export function* payloadsIn(message: unknown): Generator<FoundPayload, void, undefined> {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message)) return
  const fields = message as Record<string, unknown>
  for (const name of Object.keys(fields)) {
    if (name === 'indexedFields' || name === 'patch-data') continue
    const value = fields[name]
    if (isPayload(value)) {
      yield {
        payload: value,
        replace(by) {
          fields[name] = by
        },
      }
    } else yield* payloadsIn(value)
  }
}

/** No other message of Temporal's has `data` beside its metadata, or an encoding within them. */
function isPayload(value: unknown): value is Payload {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return false
  const { metadata } = value
  return typeof metadata === 'object' && metadata !== null && 'encoding' in metadata
}
