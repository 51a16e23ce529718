import type { PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'

const { Payload } = proto.temporal.api.common.v1
const ENCODING = 'binary/shifted'

/** A codec that hides what it writes; a real one encrypts. */
export const shiftingCodec: PayloadCodec = {
  encode: async (payloads) =>
    payloads.map((payload) => ({
      metadata: { encoding: Buffer.from(ENCODING) },
      data: shifted(Payload.encode(payload).finish(), 1),
    })),
  decode: async (payloads) =>
    payloads.map((payload) =>
      Buffer.from(payload.metadata?.['encoding'] ?? '').toString() === ENCODING
        ? Payload.decode(shifted(payload.data ?? new Uint8Array(), 255))
        : payload,
    ),
}

function shifted(bytes: Uint8Array, by: number): Uint8Array {
  return bytes.map((byte) => (byte + by) % 256)
}
