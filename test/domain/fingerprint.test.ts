import { describe, expect, it } from 'vitest'
import { canonicalJson, fingerprintOf } from '../../domain/fingerprint.ts'
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

describe('canonical JSON', () => {
  it('sorts keys at every depth and leaves lists alone', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 1], a: { z: null, y: 'x' } })).toBe(
      '{"a":{"y":"x","z":null},"b":[{"c":2,"d":1},1]}',
    )
  })
})
