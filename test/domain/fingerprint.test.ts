import { describe, expect, it } from 'vitest'
import { canonicalJson, fingerprintOf, withoutLaterDefaults } from '../../domain/fingerprint.ts'
import { parseRemovalRequest } from '../../domain/parse-request.schema.ts'

const SHA = 'a'.repeat(64)
const of = (fields: Record<string, unknown>, input = SHA) =>
  fingerprintOf(parseRemovalRequest({ source: 'clip.mp4', ...fields }), input)

describe('two requests for the same thing', () => {
  it.each([
    ['with the fields in another order', { model: 'pro', maxCredits: 5 }, { maxCredits: 5, model: 'pro' }],
    ['with a default written out', {}, { model: 'original', outputFormat: 'webm', fallback: 'none' }],
    ['from another path', { source: 'a/clip.mp4' }, { source: 'b/other.mp4' }],
    ['under another id', { id: 'one' }, { id: 'two' }],
    [
      'in another spelling',
      { background: '#AABBCC', deadline: '1h' },
      { background: '#aabbcc', deadline: '60m' },
    ],
    ['with an unset field named', {}, { user: null, textPrompt: null }],
  ])('have one fingerprint: %s', async (_how, left, right) => {
    expect(await of(left)).toBe(await of(right))
  })
})

describe('two requests for different things', () => {
  it.each([
    [{ model: 'light' }, { model: 'human' }],
    [{ project: 'a' }, { project: 'b' }],
    [{ reference: '1' }, { reference: '2' }],
    [{ fallback: 'light,human' }, { fallback: 'human,light' }],
    [{}, { previewSeconds: 2 }],
  ])('have two fingerprints: %j and %j', async (left, right) => {
    expect(await of(left)).not.toBe(await of(right))
  })

  it('have two fingerprints for two inputs', async () => {
    expect(await of({}, SHA)).not.toBe(await of({}, 'b'.repeat(64)))
  })
})

describe('a fingerprint', () => {
  it('is 64 lower-case hexadecimal digits', async () => {
    expect(await of({})).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('the fingerprint that version 0.1 gave', () => {
  it.each([
    ['1b4c3031c6e1a1a04be2e6e654b7d2a6b59e9154e009e87b0c1fa37aa27ad7d5', {}],
    [
      '044722b601d1bc30a74f32b180352e2f00ae68a627df2ff9aae856b93da6275f',
      { model: 'human', outputFormat: 'mov', project: 'shop', user: 'u-7', reference: 'order 12' },
    ],
    [
      'b553d1a3faa494707a614c6c87caef55471b3f8980c60a995474dbccb56badcd',
      {
        ...{ model: 'pro', textPrompt: 'the dog', background: '#AABBCC', outputFormat: 'mp4' },
        ...{ maxCredits: 4.5, fallback: 'light,human:mov', deadline: '1h' },
      },
    ],
    [
      '3e567a946d92d3142bfad9e057679b7fde7d3c1965bbc2a7faabd9f128abea21',
      {
        composition: {
          canvas: { width: 1080, height: 1920 },
          foreground: { anchor: 'center', scale: 0.5, offset: { x: 0, y: -20 } },
        },
        ...{ previewSeconds: 2, background: 'https://images.example/beach.jpg', fallback: 'auto' },
      },
    ],
  ])('is still the same: %s', async (golden, fields) => {
    expect(await of(fields)).toBe(golden)
  })

  it('is still the same for a URL', async () => {
    const url = 'https://videos.example/clip.mp4?token=1'
    expect(await of({ source: { url } }, url)).toBe(
      '3f7c9ebb5254656b13d1aaf11ebb7581ee9dc6ac9404eb2d460c5fef21de76a9',
    )
  })
})

describe('a field that came after version 0.1', () => {
  const later = { quiet: false, tags: [] as string[] }

  it('belongs to no request that leaves it at its default', () => {
    expect(withoutLaterDefaults({ model: 'pro', quiet: false, tags: [] }, later)).toEqual({ model: 'pro' })
  })

  it('belongs to a request that sets it', () => {
    const asked = { model: 'pro', quiet: true, tags: ['a'] }
    expect(withoutLaterDefaults(asked, later)).toEqual(asked)
  })
})

describe('canonical JSON', () => {
  it('sorts keys at every depth and leaves lists alone', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 1], a: { z: null, y: 'x' } })).toBe(
      '{"a":{"y":"x","z":null},"b":[{"c":2,"d":1},1]}',
    )
  })
})
