import type { KeyObject } from 'node:crypto'
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import type { Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import type { PayloadKey } from '../../domain/payload-keys.ts'
import { PAYLOAD_KEYS_FORM, payloadKeysFrom } from '../../domain/payload-keys.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

const { Payload: PayloadMessage } = proto.temporal.api.common.v1
/** What an encrypted payload says of itself, as Temporal's own examples in every language write it. */
const ENCODING = 'binary/encrypted'
const KEY_ID = 'encryption-key-id'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The id of the key that a payload is encrypted with; null for one that is in clear, or encrypted by somebody else. */
export function keyIdOf({ metadata }: Payload): string | null {
  const id = textOf(metadata?.[KEY_ID])
  return textOf(metadata?.['encoding']) === ENCODING && id !== '' ? id : null
}

/**
 * Encrypts payloads with AES-256-GCM: the first of the keys encrypts, all of them decrypt, and what is in clear or encoded
 * otherwise is passed as it is, so that older histories stay readable. Without keys nothing is encrypted. Keys are given as
 * a list, or as `MATTEFLOW_PAYLOAD_KEYS` has them; `InvalidRequest` where a text is no such list.
 *
 * Decoding fails as `PlatformUnavailable` that names the key's id: the key is missing here, or is another one, or the
 * payload was cut off or changed.
 */
export function createPayloadCodec(keys: readonly PayloadKey[] | string): PayloadCodec {
  const list = typeof keys === 'string' ? payloadKeysFrom(keys) : keys
  if (list === null) throw new RemovalFailure('InvalidRequest', `payload keys: expected ${PAYLOAD_KEYS_FORM}`)
  const secrets = new Map(list.map(({ id, key }) => [id, createSecretKey(key, 'base64')]))
  const [first] = secrets
  return {
    encode: async (payloads) =>
      first === undefined ? payloads : payloads.map((payload) => encrypted(payload, ...first)),
    decode: async (payloads) => payloads.map((payload) => decrypted(payload, secrets)),
  }
}

function encrypted(payload: Payload, keyId: string, secret: KeyObject): Payload {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, secret, nonce)
  const hidden = [cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(keyId) },
    data: Buffer.concat([nonce, ...hidden, cipher.getAuthTag()]),
  }
}

function decrypted(payload: Payload, secrets: ReadonlyMap<string, KeyObject>): Payload {
  if (textOf(payload.metadata?.['encoding']) !== ENCODING) return payload
  const keyId = keyIdOf(payload)
  if (keyId === null)
    throw unreadable('is encrypted and does not say with which key', 'It was written by another program.')
  const secret = secrets.get(keyId)
  if (secret === undefined)
    throw unreadable(
      `is encrypted with the key ${keyId}, which is missing here`,
      'Give this process that key in MATTEFLOW_PAYLOAD_KEYS, behind the one that encrypts. Nothing is lost: what waits for it is tried again.',
    )
  const data = Buffer.from(payload.data ?? [])
  const end = data.length - TAG_BYTES
  if (end < NONCE_BYTES)
    throw unreadable(`is encrypted with the key ${keyId} and cut off`, 'Read it again from where it came.')
  try {
    const decipher = createDecipheriv(CIPHER, secret, data.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(data.subarray(end))
    const plain = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, end)), decipher.final()])
    return PayloadMessage.decode(plain)
  } catch (cause) {
    throw unreadable(
      `does not open with the key ${keyId} that is set here`,
      'Under this id another key was used once, or the payload was cut off or changed. Set the key that wrote it, under its id.',
      cause,
    )
  }
}

function unreadable(what: string, hint: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `a payload in Temporal ${what}`, { hint, cause })
}

/** A key's id comes from outside, and is shown. */
function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? [])
    .toString('utf8')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 100)
}
