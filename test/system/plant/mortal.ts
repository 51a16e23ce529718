import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const LINES_KEPT = 40

/** A process of ours that may die at any moment. */
export interface Mortal {
  isAlive(): boolean
  /** `kill -9`: no handler runs, nothing is flushed. Resolves when it is gone. */
  kill(): Promise<void>
  /** The way it is asked to end when all is well. Resolves with its exit code; null where a signal ended it. */
  stop(): Promise<number | null>
}

export interface Command {
  command: string
  args: readonly string[]
  environment?: Record<string, string>
  cwd?: string
  user?: { uid: number; gid: number }
  /** Printed once it serves; without it, being spawned is enough. */
  readyWhen?: RegExp
}

const living = new Set<ChildProcess>()
// Where a test fails before it knows what to end.
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Starts a process and waits until it says that it serves; rejects with its last words when it ends before that. */
export async function startMortal({
  command,
  args,
  environment = {},
  cwd,
  user,
  readyWhen,
}: Command): Promise<Mortal> {
  const { PATH = '', MATTEFLOW_FFMPEG = '' } = process.env
  const child = spawn(command, args, {
    env: { PATH, ...(MATTEFLOW_FFMPEG === '' ? {} : { MATTEFLOW_FFMPEG }), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    ...user,
  })
  living.add(child)
  const ended = once(child, 'exit').finally(() => living.delete(child))
  const lines: string[] = []
  const isReady = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > LINES_KEPT) lines.shift()
        if (readyWhen?.test(line)) resolve(true)
      })
    }
    if (readyWhen === undefined) child.once('spawn', () => resolve(true))
    void ended.then(() => resolve(false))
  })
  if (!(await isReady)) throw new Error(`${command} ended before it was ready:\n${lines.join('\n')}`)
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (isAlive()) child.kill(signal)
    await ended
    return child.exitCode
  }
  return { isAlive, kill: () => end('SIGKILL').then(() => {}), stop: () => end('SIGTERM') }
}
