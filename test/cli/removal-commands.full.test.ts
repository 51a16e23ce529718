import { stat } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { neverEnd } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import type { CliRun } from './support/run-cli.ts'
import { runCli } from './support/run-cli.ts'
import { useStack } from './support/use-stack.ts'

const LONG_MS = 240_000

let green: string

const documentIn = (run: CliRun): RemovalDocument => JSON.parse(run.stdout)
const idIn = (run: CliRun) => /^removal (\S+)$/m.exec(run.stderr)?.[1] ?? ''

// One stack, which the first command starts, and one vendor.
const stack = useStack()
const { cli, cliWith, at } = stack

beforeAll(async () => {
  green = await clip('green')
  expect(await cli('remove', green, '--id', 'mine')).toMatchObject({ exitCode: 0 })
}, LONG_MS)

describe('a removal', () => {
  it(
    'refuses an id that another request uses',
    async () => {
      await cli('remove', green, '--id', 'taken')
      const run = await cli('remove', green, '--id', 'taken', '--format', 'mov')

      expect(run.stderr).toContain('taken is in use')
      expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    },
    LONG_MS,
  )

  it(
    'detaches with the id, which the other commands know',
    async () => {
      const started = await cli('remove', green, '--detach', '--project', 'later')
      const id = started.stdout.trim()
      const watched = await cli('watch', id, '--out', 'later.webm', '--json')
      const [status, listed, cancelled] = await Promise.all([
        cli('status', id),
        cli('list', '--project', 'later', '--json'),
        cli('cancel', id),
      ])

      expect(started.exitCode).toBe(0)
      expect(idIn(started)).toBe(id)
      expect(documentIn(watched)).toMatchObject({ id, state: 'succeeded' })
      expect((await stat(at('later.webm'))).size).toBe(documentIn(watched).output?.bytes)
      expect(status.stdout).toMatch(/^state {9}succeeded 100 %$/m)
      expect(JSON.parse(listed.stdout)).toMatchObject([{ id, state: 'succeeded' }])
      expect(cancelled).toMatchObject({ exitCode: 0, stdout: `${id} had succeeded already\n` })
    },
    LONG_MS,
  )

  it(
    'is deleted with its files, once, and says so wherever it is asked for them',
    async () => {
      const { stdout } = await cli('remove', green, '--id', 'gone', '--json', '--out', 'gone.webm')
      const { output } = JSON.parse(stdout) as RemovalDocument
      const deleted = await cli('delete', 'gone')
      const again = await cli('delete', 'gone', '--json')
      const status = await cli('status', 'gone')
      const askedFor = [
        await cli('watch', 'gone', '--out', 'late.webm', '--json'),
        await cli('remove', green, '--id', 'gone', '--json', '--out', 'late.webm'),
      ]
      const refused = await cli('watch', 'gone', '--refused', '--out', 'late.webm', '--json')

      expect(deleted).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^deleted gone at 20/) })
      expect(documentIn(again)).toMatchObject({ id: 'gone', credits: { charged: 3 } })
      expect(Date.parse(documentIn(again).deletedAt ?? '')).toBeGreaterThan(0)
      await expect(stat(new URL(output?.location ?? ''))).rejects.toThrow('ENOENT')
      expect(status.stdout).toMatch(/^deleted {7}20/m)
      // It was bought, which an exit code of 2 would deny.
      for (const run of askedFor) {
        expect(run.stderr).toContain('the files of removal gone were deleted at 20')
        expect(run.exitCode).toBe(7)
        expect(documentIn(run)).toMatchObject({
          ...{ id: 'gone', state: 'succeeded', credits: { charged: 3 } },
          failure: { kind: 'PlatformUnavailable', retryable: false },
        })
      }
      expect(refused.stderr).toContain('removal gone has no refused output, it is succeeded')
      expect(refused.exitCode).toBe(7)
      expect(documentIn(refused)).toMatchObject({ id: 'gone', state: 'succeeded' })
      await expect(stat(at('late.webm'))).rejects.toThrow('ENOENT')
    },
    LONG_MS,
  )

  it(
    'ends with 3 when it parks, says how to go on, and goes on',
    async () => {
      stack.sandbox.setCredits(0)
      const run = await cli('remove', green, '--project', 'poor')
      const id = idIn(run)
      stack.sandbox.setCredits(1_000)
      const resumed = await cli('resume', id)
      const watched = await cli('watch', id)

      expect(run.exitCode).toBe(3)
      expect(run.stderr).toContain('InsufficientCredits: ')
      expect(run.stderr).toContain(`go on with \`matteflow resume ${id}\``)
      expect(resumed.stdout).toContain(`resumed ${id}, which was parked for InsufficientCredits`)
      expect(watched.exitCode).toBe(0)
    },
    LONG_MS,
  )

  it(
    'is left by Ctrl-C with 130 and goes on by itself',
    async () => {
      stack.sandbox.addFaults([neverEnd()])
      const interrupt = new AbortController()
      const running = cliWith({ signal: interrupt.signal }, 'remove', green, '--id', 'left')
      await expect
        .poll(() => cli('status', 'left', '--json').then((run) => run.stdout), { timeout: 120_000 })
        .toContain('"state": "processing"')
      interrupt.abort()
      const run = await running
      const cancelled = await cli('cancel', 'left')

      expect(run).toMatchObject({ exitCode: 130, stdout: '' })
      expect(run.stderr).toContain('left left, which goes on by itself')
      expect(run.stderr).toContain('`matteflow watch left`')
      expect(cancelled.stdout).toBe('cancelled left; the vendor has no cancel: its job runs on and bills\n')
    },
    LONG_MS,
  )

  it(
    'joins an unfinished removal of the same request, and buys again with --new',
    async () => {
      stack.sandbox.addFaults([neverEnd({ occurrence: { from: 1, to: 2 } })])
      const args = ['remove', green, '--project', 'twice', '--detach']
      const bought = stack.sandbox.report().jobsBought
      const [first, joined, again] = [await cli(...args), await cli(...args), await cli(...args, '--new')]
      const id = first.stdout.trim()
      await expect.poll(() => stack.sandbox.report().jobsBought - bought, { timeout: 120_000 }).toBe(2)

      expect(joined).toMatchObject({ exitCode: 0, stdout: `${id}\n` })
      expect(joined.stderr).toContain(`joined ${id}: the same request is there already`)
      expect(again.stderr).toBe(`removal ${again.stdout}`)
      expect(again.stdout).not.toBe(first.stdout)
      for (const run of [first, again]) await cli('cancel', run.stdout.trim())
    },
    LONG_MS,
  )

  it(
    'ends with 6 when it is cancelled meanwhile; both say that the vendor job still bills',
    async () => {
      stack.sandbox.addFaults([neverEnd()])
      const running = cli('remove', green, '--id', 'stopped')
      const status = () => cli('status', 'stopped', '--json').then((run) => run.stdout)
      await expect.poll(status, { timeout: 120_000 }).toContain('"state": "processing"')

      const cancelled = await cli('cancel', 'stopped', '--json')
      const [run, watched] = [await running, await cli('watch', 'stopped', '--json')]

      const document = { id: 'stopped', state: 'cancelled', vendorJob: 'running' }
      expect(documentIn(cancelled)).toMatchObject({ ...document, failure: { kind: 'Cancelled' } })
      expect(run).toMatchObject({ exitCode: 6, stdout: '' })
      expect(run.stderr).toContain('the vendor has no cancel: its job runs on and bills')
      expect(watched.exitCode).toBe(6)
      expect(documentIn(watched)).toMatchObject(document)
    },
    LONG_MS,
  )

  it.each(['status', 'watch', 'cancel', 'resume'])(
    'is unknown to %s by an id that there is none of',
    async (command) => {
      const [run, json] = [await cli(command, 'rm_none'), await cli(command, 'rm_none', '--json')]

      expect(run.stderr).toContain('NotFound: no removal rm_none')
      expect(run).toMatchObject({ exitCode: 2, stdout: '' })
      expect(JSON.parse(json.stdout)).toEqual({
        id: 'rm_none',
        failure: expect.objectContaining({ kind: 'NotFound' }),
      })
    },
    LONG_MS,
  )

  it(
    'is not resumed unless it is parked',
    async () => {
      const run = await cli('resume', 'mine', '--json')

      expect(JSON.parse(run.stdout)).toMatchObject({ id: 'mine', failure: { kind: 'InvalidRequest' } })
      expect(run.stderr).toContain('removal mine is not parked (succeeded), nothing to resume')
      expect(run.exitCode).toBe(2)
    },
    LONG_MS,
  )
})

describe('a stack that is stopped', () => {
  it(
    'says so, and is there again with the next command',
    async () => {
      const stopped = await cli('stop', '--json')
      const again = await cli('stop')
      const told = await cli('stop', '--json')
      const status = await cli('status', 'mine')

      expect(JSON.parse(stopped.stdout)).toMatchObject({ stopped: true })
      expect(again).toMatchObject({ exitCode: 0, stderr: '' })
      expect(again.stdout).toContain('no embedded stack of')
      expect(JSON.parse(told.stdout)).toEqual({ stopped: false, unfinished: null })
      expect(status.stdout).toMatch(/^state {9}succeeded 100 %$/m)
    },
    LONG_MS,
  )
})

describe('doctor', () => {
  it(
    'is silent when all is well',
    async () => {
      expect(await cli('doctor')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    },
    LONG_MS,
  )

  it(
    'names each problem with its fix',
    async () => {
      const environment = {
        ...stack.user.environment,
        TEMPORAL_ADDRESS: '127.0.0.1:9',
        STORAGE_URL: 'file:///dev/null',
      }
      const run = await runCli(['doctor'], { environment })

      expect(run.stdout).toMatch(/^Temporal at 127\.0\.0\.1:9 [^\n]* → /m)
      expect(run.stdout.split('\n').filter((line) => line.includes(' → '))).toHaveLength(
        run.stdout.trim().split('\n').length,
      )
      expect(run.exitCode).toBe(7)
    },
    LONG_MS,
  )
})
