import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Bundle } from '../../testing/tapes/bundle.schema.ts'
import { readBundle } from '../../testing/tapes/read-bundle.ts'
import { recordedSteps } from '../../testing/tapes/recorded-steps.ts'
import { redacted } from '../../testing/tapes/redact-bundle.ts'
import { factsOf } from '../../testing/tapes/tape-facts.ts'
import { bundleWith, plainText } from './support/bundle-with.ts'

const TAPES = join(import.meta.dirname, '../tapes/recorded')
const RECORDED = readdirSync(TAPES)
const FILE = 'Anna "Q" Müller.mp4'
const bundleOf = (name: string): Promise<Bundle> => readBundle(join(TAPES, name))

describe('a bundle whose person uses words of ours', () => {
  it.each(RECORDED)('tells the same story as before: %s', async (name) => {
    const bundle = await bundleOf(name)
    for (const user of [
      'start',
      'startJob',
      'human',
      'original',
      'webm',
      'completed',
      'mp4',
      '2026',
      'removal',
      'video',
    ]) {
      const ours = bundleWith(bundle, { user, reference: 'createDraft', textPrompt: 'getJob' })
      const clean = redacted(ours)

      expect(factsOf(clean)).toEqual(factsOf(ours))
      const [told, before] = [recordedSteps(clean), recordedSteps(ours)]
      expect(told.activities.map(({ type, attempts }) => [type, attempts])).toEqual(
        before.activities.map(({ type, attempts }) => [type, attempts]),
      )
      expect(told.parks).toEqual(before.parks)
      expect(clean.exchanges.map(answered)).toEqual(ours.exchanges.map(answered))
      expect(clean.ledger.removal?.inputContentType).toBe(ours.ledger.removal?.inputContentType)
      expect(clean.ledger.removal?.['user']).toMatch(/^redacted-/)
    }
  })
})

/** What a tape goes by of an answer of the vendor. */
function answered({ operation, at, responseBody }: Bundle['exchanges'][number]) {
  const [told = ''] = /"status":"\w+"/.exec(responseBody ?? '') ?? []
  return { operation, at, told }
}

describe('a bundle of a person', () => {
  it('has none of the words in any spelling, and equal stand-ins for equal words', async () => {
    const bundle = bundleWith(await bundleOf('served.bundle.json.gz'), {
      user: 'ada.smith',
      reference: 'bob',
      textPrompt: 'the dog of Müller',
      file: FILE,
    })
    bundle.exchanges.splice(0, Infinity, {
      ...(bundle.exchanges[0] as Bundle['exchanges'][number]),
      requestBody: { multipart: { fileName: 'Anna_Q_Mu_ller.mp4' } },
      responseHeaders: { 'content-disposition': `attachment; filename="${encodeURIComponent(FILE)}"` },
      responseBody: JSON.stringify({ filename: FILE, detail: `for bob: ${FILE.normalize('NFD')}` }),
      error: `cut off: {"note":${JSON.stringify(FILE)} of ada.smith, bob's Anna_Q_Mu_ller.webm`,
    })

    bundle.ledger.parks.push({ endedBy: 'person', resumedBy: 'eve', note: 'Eve asked' })
    bundle.ledger.parks.push({
      by: 'eve',
      end: { by: 'vendor' },
      message: 'it was cancelled by eve: Eve asked',
    })

    const text = plainText(redacted(bundle))

    expect(plainText(bundle)).toMatch(/Anna/)
    expect(text).not.toMatch(/Anna|ller|\bbob\b|smith|the dog|\beve\b/i)
    expect(text).toContain('{"by":"vendor"}')
    expect(new Set(text.match(/redacted-[0-9a-f]{8}\.mp4/g)).size).toBe(1)
  })

  it('is without the file’s name where only its history tells of it', async () => {
    const bundle = bundleWith(await bundleOf('served.bundle.json.gz'), { file: FILE })
    bundle.ledger.removal = null
    bundle.document = null

    expect(plainText(redacted(bundle))).not.toMatch(/Anna|ller/)
  })

  it('keeps the address of a video, for there the tape goes on', async () => {
    const bundle = bundleWith(await bundleOf('served.bundle.json.gz'), { file: 'https://example.com/a.mp4' })

    expect(plainText(redacted(bundle))).toContain('https://example.com/a.mp4')
  })
})
