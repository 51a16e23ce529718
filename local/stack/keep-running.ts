import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface KeptCommand {
  name: string
  command: string
  args: string[]
  environment: NodeJS.ProcessEnv
  /** Where all that it says is appended to. */
  logFile: string
  /** A role of matteflow: it holds a channel to its supervisor and ends itself when that one is gone. */
  isOwn: boolean
}

export interface KeptProcess {
  readonly name: string
  /** How often it has died so far. */
  readonly deaths: number
  /** SIGTERM, then SIGKILL when it lives on after the grace. */
  stop(graceMs: number): Promise<void>
}

/** The pause before a dead process is started again doubles up to the last of these. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** A process that lived so long was well: its next death starts with the first pause again. */
const WELL_AFTER_MS = 60_000

/** Starts a process and starts it again, after growing pauses, whenever it dies. Each death is told once. */
export function keepRunning(
  kept: KeptCommand,
  tell: { started(pid: number): void; died(line: string): void },
): KeptProcess {
  const stopping = new AbortController()
  let child: ChildProcess | undefined
  let deaths = 0

  async function run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!stopping.signal.aborted) {
      const startedAt = Date.now()
      child = start(kept)
      if (child.pid !== undefined) tell.started(child.pid)
      const end = await ended(child)
      if (stopping.signal.aborted) return
      deaths += 1
      if (Date.now() - startedAt > WELL_AFTER_MS) pauseMs = FIRST_PAUSE_MS
      tell.died(`${kept.name} died (${end}); it starts again in ${pauseMs} ms; see ${kept.logFile}`)
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
  }
  const running = run()

  return {
    name: kept.name,
    get deaths() {
      return deaths
    },
    async stop(graceMs) {
      stopping.abort()
      child?.kill('SIGTERM')
      const impatience = setTimeout(() => child?.kill('SIGKILL'), graceMs)
      await running
      clearTimeout(impatience)
    },
  }
}

function start({ command, args, environment, logFile, isOwn }: KeptCommand): ChildProcess {
  const output = openSync(logFile, 'a')
  try {
    // A group of its own: Ctrl-C in a terminal must reach it only through the supervisor.
    const stdio = ['ignore', output, output, ...(isOwn ? ['ipc' as const] : [])] as const
    return spawn(command, args, { env: environment, detached: true, stdio: [...stdio] })
  } finally {
    closeSync(output)
  }
}

async function ended(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return signal === null ? `exit ${code}` : `signal ${signal}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
