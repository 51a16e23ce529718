import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BEAT_MS, SILENT_MS } from '../../../domain/worker-record.ts'
import { DASHBOARDS, readDashboard } from '../../ops/support/named-metrics.ts'
import { clip } from '../../support/clips.ts'
import type { Mortal } from '../plant/mortal.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import { typeCommand } from './support/type-command.ts'

const CHECKOUT = join(import.meta.dirname, '../../..')
const PAGE = join(CHECKOUT, 'docs/operations.md')

let plant: Plant
let worker: Mortal
let page: string
let source: string
let id: string

beforeAll(async () => {
  ;[page, source, plant] = await Promise.all([readFile(PAGE, 'utf8'), clip('green'), startPlant()])
  // A command that writes a file writes it where it is typed.
  process.chdir(plant.folder)
  worker = await plant.startWorker()
  plant.sandbox.setCredits(0)
  const started = await plant.removals.start({ source, project: 'acme' })
  id = started.id
  await plant.removals.result(id).catch(() => {})
}, 120_000)

afterAll(async () => {
  process.chdir(CHECKOUT)
  await plant?.close()
}, 60_000)

const matteflow = (command: string) => typeCommand(plant, command)

/** Every command of the page, as somebody types it; those of its fates are tried on removals that meet them. */
function commandsOf(page: string): string[] {
  const text = page.replace(/^## When a removal does not go as it should$[\s\S]*?(?=^## )/m, '')
  const inBlocks = [...text.matchAll(/^npx matteflow (.*)$/gm)]
  const inLine = [...text.matchAll(/`npx matteflow ([^`]*)`/g)]
  return [...new Set([...inLine, ...inBlocks].map(([, command = '']) => command))]
}

describe('docs/operations.md', () => {
  it('has commands that do what it says, of a removal that is parked', async () => {
    const commands = commandsOf(page)
    expect(commands.length).toBeGreaterThan(10)
    for (const command of commands) {
      const run = await matteflow(command.replace('<id>', id).replace('clip.mp4', source))
      const { exitCode, stdout } = run
      const said = `${command}\n${run.said}`
      // `doctor` ends with the kind of what it found, a park.
      expect([0, ...(command.startsWith('doctor') ? [3] : [])], said).toContain(exitCode)
      if (command.startsWith('list --state parked'))
        expect(stdout, said).toMatch(/InsufficientCredits|no removals/)
      if (command.startsWith('exchanges')) expect(stdout, said).toMatch(/startJob\s+402/)
    }
  }, 240_000)

  it('has queries that Temporal takes', async () => {
    const queries = /```sql\n([\s\S]*?)```/.exec(page)?.[1]?.trim().split('\n') ?? []
    expect(queries.length).toBeGreaterThan(3)
    for (const query of queries) await plant.client.workflow.count(query)
  })

  it('names panels that the dashboards have', async () => {
    const titles = await Promise.all(
      DASHBOARDS.map(async (name) =>
        (await readDashboard(name)).panels.map(({ title }) => `${title} (${name})`),
      ),
    )
    const named = [...page.matchAll(/([A-Z][^|(]*?) \((business|engine)\)/g)].map(
      ([, title = '', name = '']) => `${title.replace(/^, /, '')} (${name})`,
    )
    expect(named.length).toBeGreaterThan(8)
    for (const panel of named) expect(titles.flat()).toContain(panel)
  })
})

describe('a worker that is frozen', () => {
  it('falls silent to others well within 30 seconds', () => {
    expect(SILENT_MS).toBeLessThanOrEqual(25_000)
    // One late word names nobody.
    expect(SILENT_MS).toBeGreaterThan(2 * BEAT_MS)
  })

  it('is named, with its build, and no longer once it is back', async () => {
    const [pid] = await pidsOf()
    process.kill(pid, 'SIGSTOP')
    try {
      await until(async () => (await problems()).some((problem) => problem.includes(`worker ${pid}@`)))
      expect((await problems()).join()).toMatch(
        new RegExp(`worker ${pid}@\\S+ \\(build \\S+\\) has said nothing for .*frozen or dead`),
      )
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await until(async () => !(await problems()).some((problem) => problem.includes('frozen')))
    expect(worker.isAlive()).toBe(true)
  }, 120_000)

  const pidsOf = async (): Promise<[number]> => {
    const { stdout } = await matteflow('top --json')
    const { workers } = JSON.parse(stdout) as { workers: { identity: string; isSilent: boolean }[] }
    expect(workers).toEqual([expect.objectContaining({ isSilent: false, build: expect.any(String) })])
    return [Number.parseInt(workers[0]?.identity ?? '', 10)]
  }

  const problems = async (): Promise<string[]> => {
    const { stdout } = await matteflow('doctor --json')
    return (JSON.parse(stdout) as { problems: { problem: string }[] }).problems.map(({ problem }) => problem)
  }
})
