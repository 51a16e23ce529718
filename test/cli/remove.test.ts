import { readFile, stat } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { clip } from '../support/clips.ts'
import type { CliRun } from './support/run-cli.ts'
import { useStack } from './support/use-stack.ts'

const LONG_MS = 240_000

let green: string

const documentIn = (run: CliRun): RemovalDocument => JSON.parse(run.stdout)

// One stack, which the first command starts, and one vendor.
const stack = useStack()
const { cli, at } = stack

beforeAll(async () => {
  green = await clip('green')
}, LONG_MS)

describe('remove', () => {
  it(
    'starts what it needs, shows each step, saves the output and says where it is',
    async () => {
      const run = await cli('remove', green, '--model', 'human')

      const saved = at('green.cutout.webm')
      expect(run).toMatchObject({ exitCode: 0, stdout: `${saved}\n` })
      expect(run.stderr).toMatch(/^removal rm_\w+\n(.*\n)*.*succeeded: human webm, truly transparent\n/m)
      expect(run.stderr).toMatch(/bought 1 vendor job, 2\.25 credits charged\nhistory http:\/\/127\.0\.0\.1:/)
      expect((await stat(saved)).size).toBeGreaterThan(0)
      expect(await cli('health')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    },
    LONG_MS,
  )

  it(
    'prints exactly one document with --json, and buys once for one id',
    async () => {
      const args = ['remove', green, '--id', 'mine', '--project', 'shop', '--out', 'mine.webm', '--json']
      const bought = stack.sandbox.report().jobsBought
      const first = await cli(...args)
      const again = await cli(...args)

      expect(documentIn(first)).toMatchObject({
        id: 'mine',
        state: 'succeeded',
        project: 'shop',
        user: null,
        input: { source: 'green.mp4', durationSeconds: 3 },
        served: { model: 'original', outputFormat: 'webm', why: 'requested' },
        output: { hasAlpha: true },
        credits: { estimated: 3, charged: 3, unit: 'credit' },
        failure: null,
        temporal: { workflowId: 'removal/mine', namespace: 'default' },
      })
      expect(documentIn(again)).toEqual(documentIn(first))
      expect(stack.sandbox.report().jobsBought - bought).toBe(1)
      expect((await readFile(at('mine.webm'))).length).toBe(documentIn(first).output?.bytes)
    },
    LONG_MS,
  )
})
