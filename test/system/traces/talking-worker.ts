import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const LAUNCHER = fileURLToPath(new URL('../../../cli/matteflow.js', import.meta.url))

/** One line of a log in JSON. */
export type LogLine = Record<string, unknown> & { level: string; msg: string }

/** A worker process of which every word is kept. */
export interface TalkingWorker {
  /** All that it printed so far, both streams. */
  printed(): string
  lines(): LogLine[]
  stop(): Promise<void>
}

/** Resolves once it polls; rejects with what it said when it ends before that. */
export async function startTalkingWorker(environment: Record<string, string>): Promise<TalkingWorker> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [LAUNCHER, 'worker'], {
    env: { PATH, LOG_FORMAT: 'json', LOG_LEVEL: 'debug', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  while (!printed.includes('worker ready')) {
    if (child.exitCode !== null) throw new Error(`the worker ended before it was ready:\n${printed}`)
    await pause(50)
  }
  return {
    printed: () => printed,
    lines: () =>
      printed
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogLine),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
