import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from '../../../testing/postgres-server.ts'
import { clipNamed } from '../plant/clip.ts'
import type { Mortal } from '../plant/mortal.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import type { Fate, FateRow } from './fates.ts'
import { FATES, fateRows, takeStorageAway } from './fates.ts'
import { typeCommand } from './support/type-command.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')
const PAGE = join(CHECKOUT, 'docs/operations.md')

/** A removal that meets its fate. */
interface Played {
  fate: Fate
  row: FateRow
  id: string
  project: string
  source: string
}

let plant: Plant
let rows: Map<string, FateRow>
let metricsUrl: string
/** The one that dies while it works. */
let doomed: Mortal
let idOfDying: string
const played = new Map<string, Played>()

beforeAll(async () => {
  const [page, port] = await Promise.all([readFile(PAGE, 'utf8'), freePort()])
  rows = fateRows(page)
  metricsUrl = `http://127.0.0.1:${port}/metrics`
  // Nobody listens there: every callback of the vendor is lost.
  const variables = { MATTEFLOW_OUTAGE_BUDGET: '5m', GATEWAY_PUBLIC_URL: 'http://127.0.0.1:9' }
  plant = await startPlant({ variables })
  // A command that saves an output saves it where it is typed.
  process.chdir(plant.folder)
  doomed = await plant.startWorker({ MATTEFLOW_HOME: join(plant.folder, 'doomed') })
  idOfDying = await start('a worker that died', [SHOWN_AS_RUNNING])
  await untilState(idOfDying, 'processing')
  await doomed.kill()
  await plant.startWorker({ METRICS_PORT: String(port) })
  await matteflow('budget over-its-budget --credits 0.001')
  await Promise.all(FATES.map(play))
}, 120_000)

afterAll(async () => {
  process.chdir(CHECKOUT)
  await plant?.close()
}, 60_000)

const SHOWN_AS_RUNNING = FATES[0]?.faults[0] ?? expect.unreachable('the first fate is a slow vendor')

const matteflow = (command: string) => typeCommand(plant, command)

const slugOf = (name: string) =>
  name
    .replace(/^(a|an|no) /, '')
    .replaceAll(' ', '-')
    .replace('project-', '')
const inputOf = (name: string) => `${slugOf(name)}.mp4`

async function start(name: string, faults: Fate['faults'], isDraftOpaque = false): Promise<string> {
  const input = inputOf(name)
  const source = await clipNamed(input, plant.folder)
  if (isDraftOpaque) plant.sandbox.setStartModes(input, { draftShownAs: 'pending' })
  plant.sandbox.addFaults(faults.map((fault) => ({ ...fault, input })))
  const { id } = await plant.removals.start({ source, project: slugOf(name) })
  return id
}

async function play(fate: Fate): Promise<void> {
  const row = rows.get(fate.name) ?? expect.unreachable(`docs/operations.md has no row "${fate.name}"`)
  const id = await start(fate.name, fate.faults, fate.isDraftOpaque)
  const [project, source] = [slugOf(fate.name), join(plant.folder, inputOf(fate.name))]
  played.set(fate.name, { fate, row, id, project, source })
}

const untilState = (id: string, state: string) =>
  until(async () => (await plant.removals.status(id)).state === state)

const typed = (command: string, { id, project, source }: Pick<Played, 'id' | 'project' | 'source'>) =>
  command
    .replaceAll('<id>', id)
    .replaceAll('<project>', project)
    .replace('clip.mp4', source)
    .replace('refused.webm', join(plant.folder, 'refused.webm'))

/** Types the command until it says what the page says of it: a fate takes its time to show. */
async function expectFound({ command, says }: FateRow, of: Pick<Played, 'id' | 'project' | 'source'>) {
  await vi.waitFor(
    async () => {
      const { said } = await matteflow(typed(command ?? '', of))
      expect(said).toContain(says)
      if (command?.startsWith('list')) expect(said).toContain(of.id)
    },
    { timeout: 90_000, interval: 500 },
  )
}

describe('docs/operations.md', () => {
  it('has a row for each fate that is played here, and no other', () => {
    const others = [
      'a worker that died',
      'a storage that takes nothing',
      'a workflow that Temporal calls stuck',
    ]
    expect([...rows.keys()].sort((a, b) => a.localeCompare(b))).toEqual(
      [...FATES.map(({ name }) => name), ...others].sort((a, b) => a.localeCompare(b)),
    )
  })
})

describe('a removal that meets', () => {
  it.each(FATES.filter(({ name }) => name !== 'a callback that is lost').map(({ name }) => [name]))(
    '%s is found, explained and mended as the page says',
    async (name) => {
      const { fate, row, id, ...of } = played.get(name) ?? expect.unreachable()
      if (name.startsWith('cancelled')) {
        await untilState(id, 'processing')
        await matteflow(`cancel ${id} --by ada --note "the wrong clip"`)
      }

      await expectFound(row, { id, ...of })
      if (fate.isMendedOutside) plant.sandbox.clearFaults(inputOf(name))
      for (const command of row.mends) {
        const { exitCode, said } = await matteflow(typed(command, { id, ...of }))
        expect(exitCode, `${command}\n${said}`).toBe(0)
      }

      const document = await plant.removals.result(id).catch(() => plant.removals.status(id))
      expect(document.state).toBe(fate.end)
      const bought = plant.sandbox
        .report()
        .jobs.filter((job) => job.input === inputOf(name) && job.starts > 0)
      expect(bought).toHaveLength(fate.bought)
    },
  )

  it('a callback that is lost is seen by a planned poll, as the panel shows', async () => {
    const { id, row } = played.get('a callback that is lost') ?? expect.unreachable()

    expect((await plant.removals.result(id)).state).toBe('succeeded')
    const scraped = await (await fetch(metricsUrl)).text()
    expect(scraped).toMatch(new RegExp(`^matteflow_vendor_job_ends_total\\{.*${row.says}.*\\} [1-9]`, 'm'))
  })

  it('a worker that died goes on with another, and the dead one is named', async () => {
    const name = 'a worker that died'
    const row = rows.get(name) ?? expect.unreachable()
    plant.sandbox.clearFaults(inputOf(name))

    await expectFound(row, { id: '', project: '', source: '' })
    expect((await plant.removals.result(idOfDying)).state).toBe('succeeded')
    expect(doomed.isAlive()).toBe(false)
  })
})

describe('a storage that takes nothing', () => {
  it('is named, and what was to be written into it goes on once it is back', async () => {
    const row = rows.get('a storage that takes nothing') ?? expect.unreachable()
    const id = await start('a storage that takes nothing', [SHOWN_AS_RUNNING])
    await untilState(id, 'processing')
    const giveBack = await takeStorageAway(plant)
    try {
      plant.sandbox.clearFaults(inputOf('a storage that takes nothing'))
      await expectFound(row, { id, project: '', source: '' })
    } finally {
      await giveBack()
    }

    expect((await plant.removals.result(id)).state).toBe('succeeded')
  })
})

describe('a workflow that cannot go on with the code of its worker', () => {
  const taskQueue = 'of-another-build'

  async function serve(build: 'before' | 'after'): Promise<() => Promise<void>> {
    const connection = await NativeConnection.connect({
      address: plant.environment['TEMPORAL_ADDRESS'] ?? '',
    })
    const worker = await Worker.create({
      connection,
      taskQueue,
      workflowsPath: join(import.meta.dirname, `support/workflow-of-build-${build}.ts`),
      stickyQueueScheduleToStartTimeout: '1s',
    })
    const running = worker.run()
    return async () => {
      worker.shutdown()
      await running
      await connection.close()
    }
  }

  it('is named by doctor as Temporal reports it, and no longer once a build runs that replays it', async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const row = rows.get('a workflow that Temporal calls stuck') ?? expect.unreachable()
    const endBefore = await serve('before')
    const handle = await plant.client.workflow.start('waits', { workflowId: 'stuck', taskQueue })
    await until(async () => (await handle.fetchHistory()).events?.some(isTimer) === true)
    await endBefore()

    const endAfter = await serve('after')
    await handle.signal('poke')
    await expectFound(row, { id: '', project: '', source: '' })
    expect((await matteflow('doctor')).said).toContain('temporal workflow show -w stuck')
    await endAfter()

    const endAgain = await serve('before')
    await vi.waitFor(async () => expect((await matteflow('doctor')).said).not.toContain(row.says), {
      // The server's pause before the next try grows with each that has failed.
      timeout: 150_000,
      interval: 500,
    })
    await handle.terminate()
    await endAgain()
  }, 300_000)
})

const isTimer = ({ timerStartedEventAttributes }: { timerStartedEventAttributes?: unknown }) =>
  (timerStartedEventAttributes ?? null) !== null
