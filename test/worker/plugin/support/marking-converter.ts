import type { Payload, PayloadConverterWithEncoding } from '@temporalio/common'
import { CompositePayloadConverter, UndefinedPayloadConverter } from '@temporalio/common'
import { decode, encode } from '@temporalio/common/lib/encoding.js'

/** JSON under a name of its own, which Temporal's own converter does not read. */
const markedJson: PayloadConverterWithEncoding = {
  encodingType: 'json/marked',
  toPayload: (value) => ({
    metadata: { encoding: encode('json/marked') },
    data: encode(JSON.stringify(value)),
  }),
  fromPayload: <Value>({ data }: Payload) => JSON.parse(decode(data ?? new Uint8Array())) as Value,
}

/** What a worker's `payloadConverterPath` names. */
export const payloadConverter = new CompositePayloadConverter(new UndefinedPayloadConverter(), markedJson)
