import { copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { Client, Connection } from '@temporalio/client'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { answer, neverEnd } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import type { CliRun } from './support/run-cli.ts'
import { useStack } from './support/use-stack.ts'

const LONG_MS = 120_000

let green: string

const documentIn = (run: CliRun): RemovalDocument => JSON.parse(run.stdout)

// One stack, which the first command starts, and one vendor.
const stack = useStack()
const { cli, cliWith, at } = stack

beforeAll(async () => {
  green = await clip('green')
  await cli('remove', green, '--id', 'first', '--out', 'first.webm')
}, LONG_MS)

describe('an output that cannot be saved after its removal has ended', () => {
  it(
    'leaves the true document with that failure, exit 7, and the command that saves it later',
    async () => {
      await mkdir(at('gone'))
      const bought = stack.sandbox.report().jobsBought
      const run = await cliDoing(
        ['remove', green, '--new', '--out', 'gone/out.webm', '--json'],
        'removal',
        () => rm(at('gone'), { recursive: true }),
      )
      const document = documentIn(run)
      const { id } = document

      expect(document).toMatchObject({
        id: expect.stringMatching(/^rm_/),
        state: 'succeeded',
        credits: { charged: 3 },
        output: { hasAlpha: true },
        failure: {
          kind: 'PlatformUnavailable',
          retryable: false,
          message: expect.stringContaining('out.webm'),
        },
      })
      expect(run.exitCode).toBe(7)
      expect(run.stderr).toContain(`\`matteflow watch ${id} --out saved.webm\``)
      expect(await cli('watch', id, '--out', 'saved.webm')).toMatchObject({
        exitCode: 0,
        stdout: `${at('saved.webm')}\n`,
      })
      expect(stack.sandbox.report().jobsBought - bought).toBe(1)
    },
    LONG_MS,
  )

  it(
    'is known before anything is bought when its name is too long',
    async () => {
      const bought = stack.sandbox.report().jobsBought
      const run = await cli('remove', green, '--new', '--out', `${'視'.repeat(85)}.webm`)

      expect(run.stderr).toContain('cannot be written (ENAMETOOLONG)')
      expect(run.exitCode).toBe(2)
      expect(stack.sandbox.report().jobsBought).toBe(bought)
    },
    LONG_MS,
  )
})

describe('a clip with an odd name', () => {
  it.each([
    ['68 characters of three bytes', `${'視'.repeat(68)}.mp4`, `${'視'.repeat(68)}.cutout.webm`],
    ['83 characters of three bytes', `${'視'.repeat(83)}.mp4`, `${'視'.repeat(81)}.cutout.webm`],
    ['escapes', 'a\u001b[31m\u009b2Jb\nc.mp4', 'a_[31m_2Jb_c.cutout.webm'],
  ])(
    'of %s is taken to its end, and no terminal obeys it',
    async (_what, name, output) => {
      await copyFile(green, at(name))
      const run = await cli('remove', name, '--new')
      const [, id = ''] = /^removal (\S+)$/m.exec(run.stderr) ?? []
      const others = await Promise.all([
        cli('status', id),
        cli('list'),
        cli('watch', id),
        cli('status', id, '--json'),
      ])

      expect(run).toMatchObject({ exitCode: 0, stdout: `${at(output)}\n` })
      for (const { stdout, stderr } of [run, ...others]) expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u)
      expect(others[0]?.stdout.match(/^input /gm)).toHaveLength(1)
      await rm(at(output))
    },
    LONG_MS,
  )
})

describe('two removals of one file at the same time', () => {
  it(
    'have an output each, under names of their own',
    async () => {
      const runs = await Promise.all([cli('remove', green, '--new'), cli('remove', green, '--new')])
      const names = runs.map(({ stdout }) => stdout.trim())

      expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
      expect(names.toSorted()).toEqual([at('green.cutout-2.webm'), at('green.cutout.webm')])
      for (const name of names) expect((await stat(name)).size).toBeGreaterThan(0)
      expect((await readdir(stack.user.home)).filter((name) => name.endsWith('.part'))).toEqual([])
    },
    LONG_MS,
  )
})

describe('an outage that has not parked the removal yet', () => {
  it(
    'is shown by status, list, watch and doctor: what, how often, since when, and when it is tried again',
    async () => {
      stack.sandbox.addFaults([neverEnd(), answer('status', 503, { occurrence: { from: 3, to: 10_000 } })])
      const id = (await cli('remove', green, '--new', '--detach', '--project', 'outage')).stdout.trim()
      await expect
        .poll(async () => documentIn(await cli('status', id, '--json')).outage?.attempts ?? 0, {
          timeout: 60_000,
        })
        .toBeGreaterThan(1)
      const [status, text, list, listed, doctor] = [
        await cli('status', id, '--json'),
        await cli('status', id),
        await cli('list', '--project', 'outage'),
        await cli('list', '--project', 'outage', '--json'),
        await cli('doctor'),
      ]
      const watched = await cliDoing(['watch', id], 'still trying', (abort) => abort())
      stack.sandbox.clearFaults()

      expect(documentIn(status)).toMatchObject({
        state: 'processing',
        failure: null,
        outage: {
          kind: 'VendorUnavailable',
          message: expect.stringContaining('503'),
          since: expect.any(String),
        },
      })
      expect(text.stdout).toMatch(
        /^still trying {2}VendorUnavailable: .*503.*; \d+ failed attempts in .*; (next try at|trying now)/m,
      )
      expect(list).toMatchObject({ exitCode: 0, stderr: '' })
      expect(list.stdout).toMatch(/processing \(VendorUnavailable for .*, still trying\)/)
      expect(JSON.parse(listed.stdout)).toMatchObject([{ id, outage: { kind: 'VendorUnavailable' } }])
      expect(watched.stderr).toMatch(/^still trying: VendorUnavailable: /m)
      expect(doctor.stdout).toMatch(/^1 removal meets VendorUnavailable and is tried again, .* → /m)
      await cli('cancel', id)
    },
    LONG_MS,
  )
})

describe('a removal that was cancelled while its job runs', () => {
  it(
    'has not been charged yet, whoever is asked',
    async () => {
      stack.sandbox.addFaults([neverEnd()])
      const id = (await cli('remove', green, '--new', '--detach', '--project', 'gone')).stdout.trim()
      const state = () => cli('status', id, '--json').then((run) => documentIn(run).state)
      await expect.poll(state, { timeout: 60_000 }).toBe('processing')
      await cli('cancel', id)
      const [document, text, reconciled] = await Promise.all([
        cli('status', id, '--json').then(documentIn),
        cli('status', id),
        cli('reconcile', '--project', 'gone', '--json'),
      ])

      expect(document).toMatchObject({ vendorJob: 'running', credits: { estimated: 3, charged: null } })
      expect(document.vendorJobs?.map(({ credits }) => credits.charged)).toEqual([null])
      expect(text.stdout).toContain('3 credits held until its vendor job has ended')
      expect(JSON.parse(reconciled.stdout)).toMatchObject({
        open: [{ removalId: id, held: 3 }],
        differences: [],
      })
    },
    LONG_MS,
  )
})

describe('a removal that Temporal has forgotten', () => {
  it(
    'is answered from the ledger: status, list, watch with its output, and a cancel',
    async () => {
      const before = documentIn(await cli('status', 'first', '--json'))
      await forget('first')
      const [status, list, watched, cancelled, resumed] = [
        await cli('status', 'first', '--json'),
        await cli('list', '--json'),
        await cli('watch', 'first', '--out', 'again.webm'),
        await cli('cancel', 'first'),
        await cli('resume', 'first'),
      ]

      expect(documentIn(status)).toEqual(before)
      expect(JSON.parse(list.stdout)).toContainEqual(
        expect.objectContaining({ id: 'first', state: 'succeeded' }),
      )
      expect(watched).toMatchObject({ exitCode: 0, stdout: `${at('again.webm')}\n` })
      expect(await readFile(at('again.webm'))).toEqual(await readFile(at('first.webm')))
      expect(cancelled.stdout).toBe('first had succeeded already\n')
      expect(resumed.stderr).toContain('removal first is not parked (succeeded)')
    },
    LONG_MS,
  )
})

/** Runs a command and does something as soon as it has said so. */
async function cliDoing(args: string[], said: string, act: (abort: () => void) => unknown): Promise<CliRun> {
  const stop = new AbortController()
  let done = false
  return cliWith(
    {
      signal: stop.signal,
      onSaid(stderr) {
        if (done || !stderr.includes(said)) return
        done = true
        void act(() => stop.abort())
      },
    },
    ...args,
  )
}

/** What Temporal does with a closed workflow after its retention. */
async function forget(id: string): Promise<void> {
  const { temporal } = JSON.parse(await readFile(at('.matteflow', 'stack.json'), 'utf8'))
  const connection = await Connection.connect({ address: temporal.address })
  const client = new Client({ connection })
  await connection.workflowService.deleteWorkflowExecution({
    namespace: temporal.namespace,
    workflowExecution: { workflowId: workflowIdOf(id) },
  })
  await expect
    .poll(
      () =>
        client.workflow
          .getHandle(workflowIdOf(id))
          .describe()
          .then(
            () => true,
            () => false,
          ),
      { timeout: 20_000 },
    )
    .toBe(false)
  await connection.close()
}
