import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const BIN = fileURLToPath(new URL('../../cli/matteflow.js', import.meta.url))
const RUN_INSTEAD = new URL('../../cli/run-instead.js', import.meta.url).href
/** Lets the Node of this test pass for one that is too old, so that the launcher starts the one of the packages. */
const OLD_NODE = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })",
)}`

function launch(args: string[]): ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> } {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

describe('a launcher on a Node that is too old', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'hands %s on and ends after the command',
    async (signal) => {
      const launcher = launch(['--import', OLD_NODE, BIN, 'sandbox', '--port', '0'])
      const [line] = await once(createInterface(launcher.stdout), 'line')
      const url = String(line).replace('url ', '')
      expect((await fetch(`${url}/health`)).ok).toBe(true)

      launcher.kill(signal)
      const [code] = await once(launcher, 'exit')

      expect(code).toBe(0)
      await expect(fetch(`${url}/health`)).rejects.toThrow()
    },
  )

  it('ends with the code of the command', async () => {
    const launcher = launch(['--import', OLD_NODE, BIN, 'sandbox', '--port', 'none'])
    expect(await once(launcher, 'exit')).toEqual([2, null])
  })
})

describe('a command that is run instead of its launcher', () => {
  it('takes the launcher along when a signal ends it', async () => {
    const dying = ['process.kill(process.pid, "SIGKILL")']
    const command = JSON.stringify([process.execPath, '-e', ...dying])
    const script = `import { runInstead } from '${RUN_INSTEAD}'; await runInstead(${command}, 'inherit')`
    const launcher = launch(['--input-type=module', '-e', script])
    expect(await once(launcher, 'exit')).toEqual([null, 'SIGKILL'])
  })
})

describe('a command in the foreground, of which the parent is a script of npm', () => {
  const END_WITH_NPM = new URL('../../cli/end-with-npm.js', import.meta.url).href
  const script = `import { endWithNpm } from '${END_WITH_NPM}'; endWithNpm(); console.log(process.pid); setInterval(() => {}, 1000)`
  // What follows the command keeps the shell from becoming it.
  const shell = (environment: NodeJS.ProcessEnv) =>
    spawn('/bin/sh', ['-c', '"$0" --input-type=module -e "$1"; true', process.execPath, script], {
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    })

  it.each([
    ['ends once that has gone', 'dev', true],
    ['goes on where no npm runs it', undefined, false],
  ])('%s', async (_what, event, ends) => {
    const { npm_lifecycle_event: _event, ...rest } = process.env
    const parent = shell({ ...rest, ...(event !== undefined && { npm_lifecycle_event: event }) })
    const [line] = await once(createInterface(parent.stdout), 'line')
    onTestFinished(() => {
      try {
        process.kill(Number(line), 'SIGKILL')
      } catch {}
    })
    // Its output closes when the command has ended as well.
    const ended = once(parent, 'close').then(() => true)

    parent.kill('SIGKILL')

    expect(await Promise.race([ended, ends ? ended : sleep(1_500, false)])).toBe(ends)
  })
})
