import type { Payload, PayloadCodec } from '@temporalio/common'
import { defaultPayloadConverter } from '@temporalio/common'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { payloadsIn } from './payloads-in.ts'

/** A failure whose message and stack are a payload of its own. */
interface EncodedFailure {
  message?: string | null
  stackTrace?: string | null
  encodedAttributes?: Payload | null
  cause?: EncodedFailure | null
}

/**
 * Decodes every payload of a history, in place, so that whoever reads it needs no codec; messages of failures stand where
 * they stand in any other history. Fails as the codecs fail.
 */
export async function decodeHistory(history: History, codecs: readonly PayloadCodec[]): Promise<History> {
  const found = [...payloadsIn(history)]
  let payloads = found.map(({ payload }) => payload)
  for (const codec of codecs.toReversed()) payloads = await codec.decode(payloads)
  found.forEach(({ replace }, index) => {
    const payload = payloads[index]
    if (payload !== undefined) replace(payload)
  })
  for (const event of history.events ?? [])
    for (const attributes of Object.values(event) as unknown[])
      if (typeof attributes === 'object' && attributes !== null && 'failure' in attributes)
        revealFailure(attributes.failure as EncodedFailure | null | undefined)
  return history
}

function revealFailure(failure: EncodedFailure | null | undefined): void {
  if (!failure) return
  if (failure.encodedAttributes) {
    const { message, stack_trace: stackTrace } = defaultPayloadConverter.fromPayload<{
      message?: string
      stack_trace?: string
    }>(failure.encodedAttributes)
    Object.assign(failure, { message, stackTrace, encodedAttributes: null })
  }
  revealFailure(failure.cause)
}
