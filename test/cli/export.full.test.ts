import { copyFile, readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Bundle } from '../../testing/tapes/bundle.schema.ts'
import { clip } from '../support/clips.ts'
import { plainText } from '../testing/support/bundle-with.ts'
import type { CliRun } from './support/run-cli.ts'
import { useStack } from './support/use-stack.ts'

const LONG_MS = 240_000
const FILE = 'Anna "Q" Müller.mp4'

const { cli, at } = useStack()
let exported: CliRun

beforeAll(async () => {
  await copyFile(await clip('green'), at(FILE))
  // A user who has the name of one of our operations: what is ours has to stay, or the bundle cannot be played.
  const words = ['--project', 'acme', '--user', 'start', '--reference', 'order-77', '--model', 'human']
  expect(await cli('remove', FILE, '--id', 'mine', ...words)).toMatchObject({ exitCode: 0 })
  exported = await cli('export', 'mine', '--json')
}, LONG_MS)

describe('a removal that is exported', () => {
  it('is a bundle of its own name, which says what is in it', async () => {
    expect(exported.exitCode).toBe(0)
    const said = JSON.parse(exported.stdout) as { bundle: string; events: number; exchanges: number }
    expect(said.bundle).toMatch(/\/mine\.bundle\.json\.gz$/)
    expect(said.events).toBeGreaterThan(40)
    expect(said.exchanges).toBeGreaterThan(4)

    const bundle = gunzipSync(await readFile(at('mine.bundle.json.gz'))).toString()
    expect(JSON.parse(bundle)).toMatchObject({
      format: 'matteflow-removal',
      removalId: 'mine',
      document: { state: 'succeeded' },
    })
    expect(plainText(JSON.parse(bundle) as Bundle)).not.toMatch(/Anna|ller|order-77|"user":"start"/)
  })

  it(
    'is played against this build without a difference',
    async () => {
      const played = await cli('replay', '--tape', 'mine.bundle.json.gz')

      expect(played).toMatchObject({ exitCode: 0, stdout: '' })
      expect(played.stderr).toContain('1 alike, 0 would differ, 0 cannot be played')
    },
    LONG_MS,
  )

  it('leaves a file alone that is there already, and takes another name', async () => {
    const again = await cli('export', 'mine')
    const elsewhere = await cli('export', 'mine', '--out', 'other.gz')

    expect(again).toMatchObject({ exitCode: 2, stdout: '' })
    expect(again.stderr).toContain('there is a file already')
    expect(elsewhere).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('other.gz: ') })
  })

  it('is refused where there is no such removal, and nothing is written', async () => {
    const run = await cli('export', 'nobody')

    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    await expect(readFile(at('nobody.bundle.json.gz'))).rejects.toThrow('ENOENT')
  })
})
