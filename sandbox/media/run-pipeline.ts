import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

export interface PipelineStep {
  path: string
  args: readonly string[]
  /** Gives the program a channel to this process, by which it also notices that this process is gone. */
  onMessage?: (message: unknown) => void
}

/**
 * Runs programs of which each reads what the one before it writes. The bytes do not pass through this process, and a
 * slow program holds up those before it. The first failure ends all of them and is what it rejects with.
 */
export async function runPipeline(steps: readonly PipelineStep[], signal: AbortSignal): Promise<void> {
  const failing = new AbortController()
  const either = AbortSignal.any([signal, failing.signal])
  let feed: Readable | 'ignore' = 'ignore'
  const ends = steps.map((step, index) => {
    const out = index === steps.length - 1 ? 'ignore' : 'pipe'
    const channel = step.onMessage === undefined ? [] : (['ipc'] as const)
    const child: ChildProcess = spawn(step.path, step.args, {
      stdio: [feed, out, 'pipe', ...channel],
      signal: either,
      killSignal: 'SIGKILL',
    })
    // The programs hold the pipe now. Held here too, its reader would never see its end.
    if (feed !== 'ignore') feed.destroy()
    feed = child.stdout ?? 'ignore'
    if (step.onMessage !== undefined) child.on('message', step.onMessage)
    return endOf(child, step.path)
  })
  let first: Error | undefined
  const watched = ends.map((end) =>
    end.catch((error: Error) => {
      first ??= error
      failing.abort()
    }),
  )
  await Promise.all(watched)
  if (first !== undefined) throw first
}

function endOf(child: ChildProcess, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2_000)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(complaint.trim().split('\n').at(-1) || `${path} ended with code ${code}`))
    })
  })
}
