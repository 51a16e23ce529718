import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { configFrom } from '../../adapters/environment/config.ts'
import { readStack } from '../../local/stack/stack.ts'
import { startStack } from '../../local/stack/start-stack.ts'
import { aHome } from './support/a-home.ts'
import { inNamespaces } from './support/in-namespaces.ts'

const LAUNCHER = fileURLToPath(new URL('../../cli/matteflow.js', import.meta.url))

/** One command line with the same home, as in a second container on its volume. */
async function fromAnotherContainer(home: string, args: string[], more: NodeJS.ProcessEnv = {}) {
  const [command, ...apart] = inNamespaces()
  const child = spawn(command, [...apart, LAUNCHER, ...args], {
    env: { ...process.env, MATTEFLOW_HOME: home, ...more },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [[exitCode], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr)])
  return { exitCode, stderr }
}

it('a stack is neither joined nor stopped nor doubled from another container, and says why', async () => {
  const home = await aHome()
  const environment = { ...process.env, MATTEFLOW_HOME: home, REMOVEBGVIDEO_API_KEY: '' }
  const stack = await startStack({
    config: configFrom(environment),
    environment,
    vendor: 'none',
    idle: 'never',
    log: () => {},
  })
  const elsewhere = { TEMPORAL_ADDRESS: '127.0.0.1:9' }

  for (const [args, more] of [
    [['list'], {}],
    [['stop'], {}],
    [['dev'], {}],
    // A ledger of its own, beside a Temporal server of its own.
    [['usage'], elsewhere],
  ] as const) {
    const { exitCode, stderr } = await fromAnotherContainer(home, [...args], more)
    expect(stderr).toContain(`${home} is in use by process ${stack.supervisor.pid} of another container`)
    expect(stderr).toContain('MATTEFLOW_HOME')
    expect(exitCode).toBe(7)
  }
  expect(await readStack(home)).toMatchObject({ state: 'ready', supervisor: stack.supervisor })
}, 180_000)
