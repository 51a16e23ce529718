import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastWords } from './last-words.ts'

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
  /** What the one that died last had said. */
  readonly lastWords: string
  /** Whether the one that runs has told that it listens; only our own roles tell. */
  readonly isListening: boolean
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
  tell: { started(pid: number): void; died(line: string, lastWords: string): void },
): KeptProcess {
  const stopping = new AbortController()
  let child: ChildProcess | undefined
  let deaths = 0
  let said = ''
  let isListening = false

  async function run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!stopping.signal.aborted) {
      const startedAt = Date.now()
      isListening = false
      const started = start(kept)
      child = started.child
      child.on('message', (message) => {
        if (isListeningMessage(message)) isListening = true
      })
      if (child.pid !== undefined) tell.started(child.pid)
      const end = await ended(child)
      if (stopping.signal.aborted) return
      said = await lastWords(kept.logFile, started.logOffset)
      isListening = false
      deaths += 1
      if (Date.now() - startedAt > WELL_AFTER_MS) pauseMs = FIRST_PAUSE_MS
      tell.died(`${kept.name} died (${end}); it starts again in ${pauseMs} ms; see ${kept.logFile}`, said)
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
    get lastWords() {
      return said
    },
    get isListening() {
      return isListening
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

/** What a role of ours tells its supervisor once it can be reached. */
export const LISTENING = { type: 'listening' } as const

function isListeningMessage(message: unknown): boolean {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === LISTENING.type
  )
}

function start({ command, args, environment, logFile, isOwn }: KeptCommand): {
  child: ChildProcess
  logOffset: number
} {
  const output = openSync(logFile, 'a')
  try {
    // A group of its own: Ctrl-C in a terminal must reach it only through the supervisor.
    const stdio = ['ignore', output, output, ...(isOwn ? ['ipc' as const] : [])] as const
    const logOffset = fstatSync(output).size
    const child = spawn(command, args, { env: environment, detached: true, stdio: [...stdio] })
    return { child, logOffset }
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
