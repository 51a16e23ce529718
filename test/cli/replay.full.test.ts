import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { createUser, runCli } from './support/run-cli.ts'

const SUCCESS = fileURLToPath(new URL('../histories/0.1.0/success.json.gz', import.meta.url))
const { environment } = await createUser()

/** A history in which another activity ran than this build would run. */
async function changedHistory(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'matteflow-replay-')), 'changed.json')
  const text = gunzipSync(await readFile(SUCCESS)).toString('utf8')
  await writeFile(path, text.replaceAll('"createVendorJob"', '"inventVendorJob"'))
  return path
}

describe('replaying recorded histories', () => {
  it('ends with 0 when all replay', async () => {
    const run = await runCli(['replay', SUCCESS], { environment })

    expect(run).toEqual({
      exitCode: 0,
      stdout: `replays ${SUCCESS}\n`,
      stderr: '1 replay, 0 diverge, 0 cannot be read\n',
    })
  })

  it('ends with 1 when one does not, and says where, in which file and what to do', async () => {
    const changed = await changedHistory()

    const asLines = await runCli(['replay', changed], { environment })
    const asJson = await runCli(['replay', SUCCESS, changed, '--json'], { environment })

    expect(asLines.stdout).toMatch(
      /^differs .*changed\.json at event 19 \(ActivityTaskScheduled inventVendorJob\), workflows\/remove-background\.ts: .*createVendorJob/,
    )
    expect(asLines.stdout).toContain('patched')
    expect(JSON.parse(asJson.stdout)).toEqual(
      expect.arrayContaining([
        { name: SUCCESS, outcome: 'replays', failure: null, divergence: null },
        {
          name: changed,
          outcome: 'diverges',
          failure: expect.stringContaining('inventVendorJob'),
          divergence: {
            eventId: 19,
            event: 'ActivityTaskScheduled inventVendorJob',
            file: 'workflows/remove-background.ts',
            advice: expect.stringContaining('workflows/patches.ts'),
          },
        },
      ]),
    )
    expect([asLines.exitCode, asJson.exitCode]).toEqual([1, 1])
  })

  it('ends with 2 for a file that is no history, once the others are replayed', async () => {
    const foreign = fileURLToPath(new URL('../../package.json', import.meta.url))
    const run = await runCli(['replay', foreign, SUCCESS], { environment })

    expect(run.stderr).toContain(`${foreign}: expected a workflow history`)
    expect(run.stdout).toBe(`replays ${SUCCESS}\n`)
    expect(run.exitCode).toBe(2)
  })

  it('ends with 2 for a file that is not there, before any other is replayed', async () => {
    const run = await runCli(['replay', SUCCESS, 'none.json'], { environment })

    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('none.json: there is no such file')
  })

  it('replays what a release was recorded with, and names the releases there are', async () => {
    const run = await runCli(['replay', '--release', '0.1.0'], { environment })
    const unknown = await runCli(['replay', '--release', '0.0.7'], { environment })

    expect(run.stderr).toMatch(/^9 replay, 0 diverge/)
    expect(run.exitCode).toBe(0)
    expect(unknown.stderr).toContain('--release: expected one of 0.1.0')
    expect(unknown.exitCode).toBe(2)
  })

  it('refuses a folder without histories, and asking for two things at once', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'matteflow-replay-'))
    await mkdir(join(empty, 'more'))

    const nothing = await runCli(['replay', empty], { environment })
    const both = await runCli(['replay', SUCCESS, '--open'], { environment })

    expect(nothing.stderr).toContain(`${empty}: expected at least one history, and there is none`)
    expect(nothing.exitCode).toBe(2)
    expect(both.stderr).toContain('of these one, not files and --open')
    expect(both.exitCode).toBe(2)
  })
})

describe('asking Temporal for what is replayed', () => {
  let temporal: TestWorkflowEnvironment
  const ask = (...words: string[]) =>
    runCli(['replay', ...words], { environment: { ...environment, TEMPORAL_ADDRESS: temporal.address } })

  beforeAll(async () => {
    temporal = await startTemporalServer('dev', { isSilent: true })
  }, 60_000)
  afterAll(() => temporal?.teardown())

  it('ends with 2 for a query that finds nothing: a gate that looks at nothing is none', async () => {
    const run = await ask('--query', "WorkflowId='nope'")

    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(`--query "WorkflowId='nope'": expected at least one history`)
  })

  it('ends with 0 where nothing is unfinished, and says so: a first deployment has nothing', async () => {
    const run = await ask('--open')

    expect(run).toMatchObject({ exitCode: 0, stdout: '' })
    expect(run.stderr).toContain('no removal is unfinished in Temporal')
  })
})

describe('playing tapes', () => {
  const tape = fileURLToPath(new URL('../tapes/recorded/served.bundle.json.gz', import.meta.url))

  it('says of each bundle what this build would do otherwise, and which cannot be played', async () => {
    const broken = join(await mkdtemp(join(tmpdir(), 'matteflow-replay-')), 'broken.bundle.json.gz')
    await writeFile(broken, (await readFile(tape)).subarray(0, 500))
    const odd = join(dirname(broken), 'odd.bundle.json')
    const text = gunzipSync(await readFile(tape)).toString()
    await writeFile(odd, text.replace(/("input":\{"payloads":\[\{.*?"data":")[^"]*/, '$1bm90IGpzb24='))

    const run = await runCli(['replay', '--tape', odd, broken, tape, '--json'], { environment })

    expect(JSON.parse(run.stdout)).toMatchObject({
      played: 1,
      differing: 0,
      unplayable: [
        { name: odd, failure: expect.stringMatching(/odd\.bundle\.json: .*not json/) },
        { name: broken, failure: expect.stringContaining('its end is cut off') },
      ],
      reports: [{ name: tape, removalId: 'served', differences: [], now: { 'decision: end': 'succeeded' } }],
    })
    expect(run.exitCode).toBe(2)
  })

  it('needs at least one', async () => {
    const run = await runCli(['replay', '--tape'], { environment })

    expect(run.stderr).toContain('replay: expected files')
    expect(run.exitCode).toBe(2)
  })

  it.each([['--open'], ['--query', "WorkflowId='nope'"], ['--release', '0.1.0'], ['--open', tape]])(
    'takes no other way than files: %s',
    async (...words) => {
      const run = await runCli(['replay', '--tape', ...words], { environment })

      expect(run.stderr).toMatch(/replay: expected files with --tape, not .*--(open|query|release)/)
      expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    },
  )
})
