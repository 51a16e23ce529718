import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { clip } from '../support/clips.ts'
import type { CliRun } from './support/run-cli.ts'
import { useStack } from './support/use-stack.ts'

const LONG_MS = 240_000

const { cli, at } = useStack()
let exported: CliRun

beforeAll(async () => {
  const green = await clip('green')
  const words = ['--project', 'acme', '--user', 'lovelace', '--reference', 'order-77']
  expect(await cli('remove', green, '--id', 'mine', ...words)).toMatchObject({ exitCode: 0 })
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
    expect(bundle).not.toMatch(/lovelace|order-77/)
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
