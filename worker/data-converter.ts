import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DataConverter, PayloadCodec } from '@temporalio/common'
import { ApplicationFailure } from '@temporalio/common'
import { createPayloadCodec } from '../adapters/encryption/payload-codec.ts'
import type { Config } from '../adapters/environment/config.ts'
import { encodeFailure } from '../domain/failure-codec.ts'
import { isRemovalFailure } from '../domain/removal-failure.ts'

/** Where failures are written whose words are encrypted. Ours is plain JavaScript in the package, a source in a checkout. */
export const FAILURE_CONVERTER = fileURLToPath(
  new URL(`./failure-converter${extname(import.meta.url)}`, import.meta.url),
)

/**
 * How payloads are written and read, as the configuration says. Without keys they are in clear, as Temporal's own converter
 * has them, and what another process encrypted is refused by the name of its key.
 */
export function dataConverterFor({ payloadKeys }: Pick<Config, 'payloadKeys'>): DataConverter {
  return { payloadCodecs: [createPayloadCodec(payloadKeys)], ...failuresOf(payloadKeys) }
}

/**
 * The same for workers. What an activity cannot decode is an outage of our own, so that it is tried again, by a worker that
 * has the key or by this one once it does.
 */
export function workerConverterFor({ payloadKeys }: Pick<Config, 'payloadKeys'>): DataConverter {
  return { payloadCodecs: [forTasks(createPayloadCodec(payloadKeys))], ...failuresOf(payloadKeys) }
}

function failuresOf(keys: Config['payloadKeys']): Pick<DataConverter, 'failureConverterPath'> {
  return keys.length === 0 ? {} : { failureConverterPath: FAILURE_CONVERTER }
}

function forTasks(codec: PayloadCodec): PayloadCodec {
  return {
    encode: (payloads) => codec.encode(payloads),
    decode: (payloads) =>
      codec.decode(payloads).catch((error: unknown) => {
        throw isRemovalFailure(error) ? ApplicationFailure.create(encodeFailure(error)) : error
      }),
  }
}
