import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { configFrom } from '../../adapters/environment/config.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { homePaths } from '../../local/home/home-paths.ts'
import { isRunning, signalProcess } from '../../local/home/process-identity.ts'
import { listUnfinished } from '../../local/stack/list-unfinished.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { findStack, readStack } from '../../local/stack/stack.ts'
import type { StartStackOptions } from '../../local/stack/start-stack.ts'
import { startStack } from '../../local/stack/start-stack.ts'
import { stopStack } from '../../local/stack/stop-stack.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import { withTemporal } from '../../local/temporal/with-temporal.ts'
import { REMOVE_BACKGROUND } from '../../workflows/messages.ts'
import { runCli } from '../cli/support/run-cli.ts'
import { aHome } from './support/a-home.ts'

const MINUTES = 180_000

/** Without a worker: what the supervisor does is the same, and Temporal and the ledger are the slow part anyway. */
function start(home: string, more: Partial<StartStackOptions> = {}): Promise<Stack> {
  const environment = { ...process.env, MATTEFLOW_HOME: home, REMOVEBGVIDEO_API_KEY: '' }
  return startStack({
    config: configFrom(environment),
    environment,
    vendor: 'none',
    idle: 'never',
    log: () => {},
    ...more,
  })
}

async function clientOf(stack: Stack): Promise<Client> {
  const connection = await connectTemporal({ ...stack.temporal, connection: {} }, { patienceMs: 20_000 })
  onTestFinished(() => connection.close())
  return new Client({ connection, namespace: stack.temporal.namespace })
}

describe('an embedded stack', () => {
  it(
    'is started once, found, mended, and goes on with what is unfinished after a stop',
    async () => {
      const home = await aHome()
      expect(await findStack(home)).toBeNull()

      const [stack, same] = await Promise.all([start(home), start(home)])

      expect(same.supervisor).toEqual(stack.supervisor)
      expect(stack).toMatchObject({ state: 'ready', vendor: null })
      expect(await findStack(home)).toMatchObject({ supervisor: stack.supervisor })
      expect((await stat(homePaths(home).stack)).mode & 0o077).toBe(0)

      const { connection } = await clientOf(stack)
      const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' })
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400)

      await (await clientOf(stack)).workflow.start(REMOVE_BACKGROUND, {
        workflowId: workflowIdOf('rm_left'),
        taskQueue: TASK_QUEUES.own,
        args: [],
      })
      const temporal = stack.children.temporal
      if (temporal === undefined) throw new TypeError('no Temporal server')
      signalProcess(temporal.pid, 'SIGKILL')
      await vi.waitFor(
        async () => {
          const mended = (await readStack(home))?.children.temporal
          expect(mended).toBeDefined()
          expect(mended).not.toEqual(temporal)
        },
        { timeout: 20_000, interval: 100 },
      )
      const unfinished = [{ id: 'rm_left', state: 'accepted' }]
      const mended = await clientOf(stack)
      await vi.waitFor(async () => expect(await listUnfinished(mended)).toEqual(unfinished), {
        timeout: 20_000,
      })
      const children = Object.values((await readStack(home))?.children ?? {})

      expect(await stopStack(home)).toEqual({ wasRunning: true, unfinished })

      expect(await readStack(home)).toBeNull()
      for (const identity of [stack.supervisor, ...children]) expect(await isRunning(identity)).toBe(false)
      expect(await stopStack(home)).toEqual({ wasRunning: false, unfinished: null })

      const next = await start(home)
      expect(next.temporal).toEqual(stack.temporal)
      expect(await listUnfinished(await clientOf(next))).toEqual(unfinished)
    },
    MINUTES,
  )

  it(
    'leaves nothing running when its supervisor is killed',
    async () => {
      const home = await aHome()
      const stack = await start(home)
      const processes = Object.values((await readStack(home))?.children ?? {})
      expect(processes.length).toBe(2)

      signalProcess(stack.supervisor.pid, 'SIGKILL')
      await vi.waitFor(async () => expect(await findStack(home)).toBeNull(), { timeout: 5_000 })
      await stopStack(home)

      for (const identity of processes) expect(await isRunning(identity)).toBe(false)
    },
    MINUTES,
  )

  it(
    'ends itself when nothing is unfinished and nobody asks for it',
    async () => {
      const home = await aHome()
      const stack = await start(home, { idle: '1s' })

      await vi.waitFor(async () => expect(await isRunning(stack.supervisor)).toBe(false), {
        timeout: 60_000,
        interval: 200,
      })
      expect(await readStack(home)).toBeNull()
    },
    MINUTES,
  )
})

it(
  'takes other ports when a stranger has one of its own',
  async () => {
    const home = await aHome()
    const stack = await start(home)
    const temporal = stack.children.temporal
    if (temporal === undefined) throw new TypeError('no Temporal server')

    signalProcess(temporal.pid, 'SIGKILL')
    const stranger = createServer()
    onTestFinished(() => void stranger.close())
    await vi.waitFor(
      () =>
        new Promise<void>((resolve, reject) => {
          stranger.once('error', reject)
          stranger.listen(Number(new URL(stack.temporal.uiAddress).port), '127.0.0.1', resolve)
        }),
      { interval: 1 },
    )

    const moved = await vi.waitFor(
      async () => {
        const found = await findStack(home)
        expect(found?.temporal.address).toMatch(/^127/)
        expect(found?.temporal.address).not.toBe(stack.temporal.address)
        return found
      },
      { timeout: 90_000, interval: 200 },
    )
    expect(moved?.supervisor).toEqual(stack.supervisor)
    if (moved !== null) expect(await listUnfinished(await clientOf(moved))).toEqual([])
  },
  MINUTES,
)

it(
  'is started once by three terminals at the same moment',
  async () => {
    const home = await aHome()
    const environment = { PATH: process.env['PATH'] ?? '', HOME: home, MATTEFLOW_HOME: home }
    const shared = {
      ...environment,
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
    }

    const runs = await Promise.all([1, 2, 3].map(() => runCli(['list', '--json'], { environment: shared })))

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    const log = await readFile(homePaths(home).log('stack'), 'utf8')
    expect(log.match(/temporal is ready/g)).toHaveLength(1)
  },
  MINUTES,
)

describe('access to Temporal', () => {
  const access = (environment: Record<string, string>, makesWork: boolean) =>
    withTemporal({ config: configFrom(environment), environment, makesWork, log: () => {} })

  it('is refused in one sentence where the server of the environment is not there', async () => {
    await expect(
      access({ TEMPORAL_ADDRESS: '127.0.0.1:9', MATTEFLOW_HOME: await aHome() }, false),
    ).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: expect.stringContaining('Temporal at 127.0.0.1:9 cannot be reached'),
    })
  })

  it('is refused without a key before a stack is started that would buy', async () => {
    const home = await aHome()

    await expect(access({ MATTEFLOW_HOME: home }, true)).rejects.toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining('REMOVEBGVIDEO_API_KEY'),
    })
    expect(await readStack(home)).toBeNull()
  })
})
