import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bundle } from '../../testing/tapes/bundle.schema.ts'
import { readBundle } from '../../testing/tapes/read-bundle.ts'
import type { TapePlayer } from '../../testing/tapes/tape-player.ts'
import { createTapePlayer } from '../../testing/tapes/tape-player.ts'
import { withOwnId } from '../../testing/tapes/with-own-ids.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { changeArgs, inputOf } from './support/change-bundle.ts'

/** `npm run record-tapes` makes them anew, after a change that is meant to change what removals do. */
const TAPES = join(import.meta.dirname, 'recorded')
const RECORDED = readdirSync(TAPES)

let temporal: TestWorkflowEnvironment
let player: TapePlayer

beforeAll(async () => {
  temporal = await startTemporalServer('time-skipping')
  player = await createTapePlayer(temporal)
})

afterAll(async () => {
  await player?.close()
  await temporal?.teardown()
})

const bundleOf = (name: string): Promise<Bundle> => readBundle(join(TAPES, name))

describe('the tape of a removal', () => {
  it.each(RECORDED)('is played without a difference: %s', async (name) => {
    const report = await player.play(name, await bundleOf(name))

    expect(report.differences).toEqual([])
    expect(report.recorded['decision: end']).not.toBeNull()
  })
})

describe('a tape of a build that did otherwise', () => {
  it('tells of a start that it sent again, and of what that would have cost', async () => {
    const bundle = await bundleOf('served.bundle.json.gz')
    const start = bundle.exchanges.find(({ operation }) => operation === 'startJob')
    const held = bundle.ledger.entries.filter(({ kind }) => kind === 'reserve')
    if (start !== undefined) bundle.exchanges.push({ ...start })
    bundle.ledger.entries.push(...held)

    const { differences } = await player.play('bought-twice', bundle)

    expect(differences).toEqual(
      expect.arrayContaining([
        { fact: 'calls: startJob', recorded: 2, now: 1 },
        { fact: 'spend: purchases', recorded: 2, now: 1 },
      ]),
    )
  })

  it('tells of another end where the vendor’s answers lead this build elsewhere', async () => {
    const bundle = await bundleOf('served.bundle.json.gz')
    for (const exchange of bundle.exchanges)
      if (exchange.operation === 'getJob')
        exchange.responseBody = (exchange.responseBody ?? '').replaceAll('"completed"', '"failed"')

    const { differences } = await player.play('failed-now', bundle)

    expect(differences).toEqual(
      expect.arrayContaining([
        { fact: 'decision: end', recorded: 'succeeded', now: 'failed' },
        { fact: 'decision: failure', recorded: null, now: 'ProcessingFailed' },
      ]),
    )
  })
})

describe('a tape of a removal whose id is also another word', () => {
  it.each(['1', 'source', 'inputs', 'green'])('is played without a difference: %s', async (id) => {
    const bundle = await bundleOf('served.bundle.json.gz')
    changeArgs(bundle, (args) => withOwnId(args, bundle.removalId, id))
    bundle.removalId = id

    const { differences } = await player.play(id, bundle)

    expect(differences).toEqual([])
  })
})

describe('a bundle that is odd within', () => {
  const payload = (text: string, encoding = 'json/plain') => ({
    metadata: { encoding: Buffer.from(encoding).toString('base64') },
    data: Buffer.from(text).toString('base64'),
  })
  const withInput = (bundle: Bundle, input: object): void => void inputOf(bundle).payloads.splice(0, 1, input)
  it.each<[what: string, change: (bundle: Bundle) => void, reason: string]>([
    ['a payload that is no JSON', (bundle) => withInput(bundle, payload('not json')), 'not json'],
    [
      'a payload that is encrypted',
      (bundle) => withInput(bundle, payload('x', 'binary/encrypted')),
      'binary/encrypted',
    ],
    [
      'an event that is at no time',
      ({ histories }) => Object.assign(histories[0]?.events[0] ?? {}, { eventTime: 'never' }),
      'never',
    ],
    [
      'a key that is a number',
      (bundle) => withInput(bundle, payload('{"source":{"stored":5}}')),
      'bundle that can be played',
    ],
    [
      'a key that leads out',
      (bundle) => withInput(bundle, payload('{"source":{"stored":"../../x"}}')),
      '../../x',
    ],
    [
      'a history without an input',
      ({ histories }) => void histories[0]?.events.splice(0, 1),
      'was forgotten',
    ],
  ])('is refused with file and reason, and the next one is played: %s', async (_, change, reason) => {
    const bundle = await bundleOf('served.bundle.json.gz')
    change(bundle)

    const failure = await player.play('odd.bundle.json.gz', bundle).catch((error: unknown) => error)
    const { differences } = await player.play('even', await bundleOf('served.bundle.json.gz'))

    expect(failure).toMatchObject({ kind: 'InvalidRequest' })
    expect(String(failure)).toContain('odd.bundle.json.gz: expected a bundle that can be played')
    expect(String(failure)).toContain(reason)
    expect(differences).toEqual([])
  })
})

describe('a bundle', () => {
  it('says nothing of the person, the file or the machine', async () => {
    const bundle = await bundleOf('served.bundle.json.gz')
    const words: string[] = []
    JSON.parse(JSON.stringify(bundle), (key, value: unknown) => {
      if (typeof value === 'string')
        words.push(key === 'data' ? Buffer.from(value, 'base64').toString() : value)
      return value
    })

    expect(words.join('\n')).not.toMatch(/lovelace|order-77|green\.mp4|[?&]sig|rbv_sandbox/i)
    expect(words.join('\n')).toContain('acme')
  })

  const served = gunzipSync(readFileSync(join(TAPES, 'served.bundle.json.gz')))
  const deep = `{"format":"matteflow-removal","version":1,"document":${'{"cause":'.repeat(200_000)}null${'}'.repeat(200_001)}`
  it.each<[what: string, content: string | Buffer, reason: string]>([
    ['of a later version', '{"format":"matteflow-removal","version":2}', 'a bundle of version 2'],
    ['of a version that is no number', '{"format":"matteflow-removal","version":"1"}', 'of version "1"'],
    ['of another kind', '{"events":[]}', 'JSON of another kind'],
    ['with a part missing', '{"format":"matteflow-removal","version":1}', 'expected the bundle of a removal'],
    ['no JSON', 'hello', 'expected the bundle of a removal'],
    ['empty', '', 'it is empty'],
    ['cut off', served.subarray(0, served.length / 2), 'its end is cut off'],
    ['gzipped and cut off', gzipSync(served).subarray(0, 500), 'its end is cut off'],
    ['a bomb', gzipSync(Buffer.alloc(257 * 1024 * 1024, ' ')), 'it holds more than 256 MiB'],
    ['nested without end', deep, 'expected the bundle of a removal'],
  ])('is refused with file and reason: %s', async (_, content, reason) => {
    const path = join(await tempFolder(), 'bundle.json.gz')
    await writeFile(path, content)

    const failure = await readBundle(path).catch((error: unknown) => error)

    expect(failure).toMatchObject({ kind: 'InvalidRequest' })
    expect(String(failure)).toContain(path)
    expect(String(failure)).toContain(reason)
    expect(String(failure).length).toBeLessThan(800)
  })
})
