import { createDecipheriv, randomBytes } from 'node:crypto'
import type { Payload } from '@temporalio/common'
import { defaultPayloadConverter } from '@temporalio/common'
import proto from '@temporalio/proto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPayloadCodec, keyIdOf } from '../../../adapters/encryption/payload-codec.ts'
import { isRemovalFailure } from '../../../domain/removal-failure.ts'

const OLD = { id: 'old', key: randomBytes(32).toString('base64') }
const NEW = { id: 'new', key: randomBytes(32).toString('base64') }

const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) ?? {}
const valueOf = (payload: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(payload ?? {})

async function encrypted(value: unknown, key = OLD): Promise<Payload> {
  const [payload] = await createPayloadCodec([key]).encode([plain(value)])
  return payload ?? {}
}

async function refusalOf(payload: Payload, keys = [OLD]): Promise<string> {
  const error: unknown = await createPayloadCodec(keys)
    .decode([payload])
    .catch((thrown: unknown) => thrown)
  if (!isRemovalFailure(error)) throw new Error('nothing was refused')
  expect(error.kind).toBe('PlatformUnavailable')
  expect(error.facts.hint).toBeTruthy()
  return error.message
}

describe('the codec of payloads', () => {
  it('gives back what it was given, whatever that is', async () => {
    const codec = createPayloadCodec([OLD])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3_000 })), async (values) => {
        const payloads = values.map(plain)
        const decoded = await codec.decode(await codec.encode(payloads))
        expect(decoded.map((payload) => Buffer.from(valueOf(payload) as Uint8Array))).toEqual(
          values.map((value) => Buffer.from(value)),
        )
      }),
      { numRuns: 50 },
    )
  })

  it('shows nothing of a payload but its size and the name of the key, and never the same bytes twice', async () => {
    const one = await encrypted('the woman in the red coat')
    const other = await encrypted('the woman in the red coat')

    expect(Buffer.from(one.data ?? []).includes('woman')).toBe(false)
    expect(one.data).not.toEqual(other.data)
    expect(Object.keys(one.metadata ?? {})).toEqual(['encoding', 'encryption-key-id'])
    expect(keyIdOf(one)).toBe('old')
    expect(keyIdOf(plain('in clear'))).toBeNull()
  })

  it('writes what every other language opens: nonce, AES-256-GCM of the payload as protobuf, tag', async () => {
    const { data, metadata } = await encrypted({ model: 'human' })
    const bytes = Buffer.from(data ?? [])
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(OLD.key, 'base64'), bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    const inner = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])

    expect(Buffer.from(metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted')
    expect(valueOf(proto.temporal.api.common.v1.Payload.decode(inner))).toEqual({ model: 'human' })
  })

  it('encrypts with the first key, opens with every one, and passes what is in clear', async () => {
    const codec = createPayloadCodec(`new:${NEW.key},old:${OLD.key}`)
    const [written] = await codec.encode([plain(1)])

    expect(keyIdOf(written ?? {})).toBe('new')
    const read = await codec.decode([written ?? {}, await encrypted(2, OLD), plain(3)])
    expect(read.map(valueOf)).toEqual([1, 2, 3])
  })

  it('writes in clear without a key', async () => {
    const payloads = [plain('as it is')]
    expect(await createPayloadCodec([]).encode(payloads)).toBe(payloads)
  })
})

describe('a payload that cannot be opened', () => {
  it.each<[string, (payload: Payload) => Payload, RegExp, { id: string; key: string }[]]>([
    [
      'whose key is missing',
      (payload) => payload,
      /encrypted with the key old, which is missing here/,
      [NEW],
    ],
    ['without any key', (payload) => payload, /encrypted with the key old, which is missing here/, []],
    [
      'whose key is another under its id',
      (payload) => payload,
      /does not open with the key old/,
      [{ ...NEW, id: 'old' }],
    ],
    [
      'that was cut off',
      ({ data, ...rest }) => ({ ...rest, data: (data ?? new Uint8Array()).slice(0, 40) }),
      /does not open/,
      [OLD],
    ],
    [
      'that was cut off early',
      ({ data, ...rest }) => ({ ...rest, data: (data ?? new Uint8Array()).slice(0, 9) }),
      /the key old and cut off/,
      [OLD],
    ],
    [
      'that was changed',
      ({ data, ...rest }) => ({ ...rest, data: Buffer.from(data ?? []).fill(7, 20, 22) }),
      /does not open/,
      [OLD],
    ],
    [
      'of another program',
      ({ data }) => ({ data: data ?? null, metadata: { encoding: Buffer.from('binary/encrypted') } }),
      /does not say with which key/,
      [OLD],
    ],
  ])('%s is refused by the name of its key', async (_, change, message, keys) => {
    const said = await refusalOf(change(await encrypted('secret')), keys)

    expect(said).toMatch(message)
    for (const { key } of [OLD, NEW]) expect(said).not.toContain(key)
  })

  it('names a key by printable words, however it calls itself', async () => {
    const { data } = await encrypted(1)
    const metadata = {
      encoding: Buffer.from('binary/encrypted'),
      'encryption-key-id': Buffer.from('a\u001b[2Jb'),
    }

    expect(await refusalOf({ data: data ?? null, metadata })).toContain('a?[2Jb')
  })
})

describe('a list of keys', () => {
  it.each(['old', 'old:', `old:${OLD.key.slice(4)}`, `old:${OLD.key},old:${NEW.key}`, `ö:${OLD.key}`])(
    'that is none is refused, and not shown: %s',
    (text) => {
      expect(() => createPayloadCodec(text)).toThrow(/^payload keys: expected id:key pairs/)
      expect(() => createPayloadCodec(text)).not.toThrow(
        new RegExp(OLD.key.slice(4, 20).replaceAll('+', '\\+')),
      )
    },
  )
})
