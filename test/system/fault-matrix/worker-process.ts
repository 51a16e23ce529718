import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const LAUNCHER = fileURLToPath(new URL('../../../bin/matteflow.js', import.meta.url))
const LINES_KEPT = 40

/** A worker as operators run it: a process of its own. */
export interface WorkerProcess {
  stop(): Promise<void>
}

/** Resolves once it polls; rejects with its last words when it ends before that. */
export async function startWorkerProcess(environment: Record<string, string>): Promise<WorkerProcess> {
  const { PATH = '', MATTEFLOW_FFMPEG = '' } = process.env
  const child = spawn(process.execPath, [LAUNCHER, 'worker'], {
    env: { PATH, ...(MATTEFLOW_FFMPEG === '' ? {} : { MATTEFLOW_FFMPEG }), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const lines: string[] = []
  const isReady = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > LINES_KEPT) lines.shift()
        if (line.includes('worker ready')) resolve(true)
      })
    }
    void ended.then(() => resolve(false))
  })
  if (!(await isReady)) throw new Error(`the worker ended before it was ready:\n${lines.join('\n')}`)
  return {
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
