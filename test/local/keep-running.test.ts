import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { identifyProcess, signalProcess } from '../../local/home/process-identity.ts'
import { keepRunning } from '../../local/processes/keep-running.ts'
import { aHome } from './support/a-home.ts'

/** A Node process that says `up` and then does as told. */
async function kept(script: string) {
  const logFile = join(await aHome(), 'kept.log')
  const pids: number[] = []
  const deaths: string[] = []
  const process_ = keepRunning(
    {
      name: 'thing',
      command: process.execPath,
      args: ['-e', `console.log('up');${script}`],
      environment: process.env,
      logFile,
      isOwn: false,
    },
    { started: (pid) => pids.push(pid), died: (line) => deaths.push(line) },
  )
  onTestFinished(() => process_.stop(0))
  const log = () => readFile(logFile, 'utf8')
  return { process: process_, pids, deaths, log }
}
const FOREVER = 'setInterval(() => {}, 1000)'

it('starts again what is killed, and tells of each death once', async () => {
  const { process: thing, pids, deaths, log } = await kept(FOREVER)
  await vi.waitFor(async () => expect(await log()).toBe('up\n'))

  signalProcess(pids[0] ?? 0, 'SIGKILL')

  await vi.waitFor(async () => expect(await log()).toBe('up\nup\n'), { timeout: 5_000 })
  expect(thing.deaths).toBe(1)
  expect(deaths).toEqual([expect.stringMatching(/^thing died \(signal SIGKILL\); it starts again in 250 ms/)])
  expect(new Set(pids).size).toBe(2)
})

it('lets what keeps dying rest longer and longer', async () => {
  const { process: thing, deaths } = await kept('process.exit(3)')

  await vi.waitFor(() => expect(thing.deaths).toBe(3), { timeout: 10_000 })

  expect(deaths.map((line) => /exit 3.* in (\d+) ms/.exec(line)?.[1])).toEqual(['250', '500', '1000'])
})

it('ends what ignores SIGTERM after its grace', async () => {
  const { process: thing, pids, deaths, log } = await kept(`process.on('SIGTERM', () => {});${FOREVER}`)
  await vi.waitFor(async () => expect(await log()).toBe('up\n'))

  await thing.stop(200)

  expect(await identifyProcess(pids[0] ?? 0)).toBeNull()
  expect(pids).toHaveLength(1)
  expect(deaths).toEqual([])
})
