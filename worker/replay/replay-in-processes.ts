import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ReplayedHistory } from './replayed-history.ts'

/** A history to replay: a file, or one that was read elsewhere. */
export interface ReplayTask {
  /** The file's path, or what its result goes by. */
  name: string
  /** The history as Temporal's own binary; null for a file, which is read by whoever replays it. */
  encoded: Uint8Array | null
}

/** What a process that replays says of one history. */
export interface ReplayTaskResult {
  replayed: ReplayedHistory
  /** It can take no other history. */
  isSpent: boolean
}

/** With what to replay, and how much of this machine may be used. */
interface ReplayOptions {
  bundlePath?: string
  /** Processes at most; as many as there are cores unless given. */
  width?: number
  /** The longest that one history may take. */
  patienceMs?: number
}

/** The largest history that Temporal allows takes about ten seconds. */
const PATIENCE_MS = 120_000
/** Ours are plain JavaScript in the package, sources in a checkout. */
const PROCESS = fileURLToPath(new URL(`./replay-process${extname(import.meta.url)}`, import.meta.url))

/**
 * Replays histories in processes of their own, as many at a time as there are cores, and yields each result as it comes.
 * Only those that are being replayed are in memory, so that there may be any number of them; one that takes its process
 * with it, or never ends, is a result like the others.
 */
export async function* replayInProcesses(
  tasks: AsyncIterable<ReplayTask> | Iterable<ReplayTask>,
  { bundlePath, width = availableParallelism(), patienceMs = PATIENCE_MS }: ReplayOptions = {},
): AsyncGenerator<ReplayedHistory, void, undefined> {
  const queue = queueOf(tasks)
  const seats = Array.from({ length: width }, () => createSeat(bundlePath, patienceMs))
  // A seat that is free takes the next history; none is started before there is one for it.
  const take = async (seat: Seat): Promise<Turn> => {
    const { value: task } = await queue.next()
    return { seat, replayed: task ? await seat.replay(task) : null }
  }
  const turns = new Map(seats.map((seat) => [seat, heard(take(seat))]))
  try {
    while (turns.size > 0) {
      const { seat, replayed } = await Promise.race(turns.values())
      if (replayed === null) turns.delete(seat)
      else {
        turns.set(seat, heard(take(seat)))
        yield replayed
      }
    }
  } finally {
    for (const seat of seats) seat.leave()
  }
}

interface Turn {
  seat: Seat
  replayed: ReplayedHistory | null
}

interface Seat {
  replay(task: ReplayTask): Promise<ReplayedHistory>
  leave(): void
}

function createSeat(bundlePath: string | undefined, patienceMs: number): Seat {
  let child: ChildProcess | null = null
  const start = async (): Promise<ChildProcess> => {
    const started = fork(PROCESS, bundlePath === undefined ? [] : [bundlePath], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
    })
    child = started
    const [said] = await Promise.race([once(started, 'message'), once(started, 'exit')])
    if (said !== 'ready') throw new TypeError('the replayer could not be started')
    return started
  }
  return {
    async replay(task) {
      const { name } = task
      const lost = (why: string): ReplayTaskResult => ({
        replayed: { name, outcome: 'unreadable', failure: `${name}: ${why}`, divergence: null },
        isSpent: true,
      })
      const running = child?.connected === true ? child : await start()
      const ended = new AbortController()
      const timer = AbortSignal.timeout(patienceMs)
      const signal = AbortSignal.any([ended.signal, timer])
      const result = await Promise.race([
        once(running, 'message', { signal }).then(([message]) => message as ReplayTaskResult),
        once(running, 'exit', { signal }).then(([code, by]) =>
          lost(`the replayer ended on it (${String(by ?? code)})`),
        ),
        sendTo(running, task),
      ]).catch((error: unknown) => {
        if (!timer.aborted) throw error
        return lost(`it was not replayed within ${patienceMs / 1_000} s`)
      })
      ended.abort()
      if (result.isSpent) {
        running.kill('SIGKILL')
        child = null
      }
      return result.replayed
    },
    leave() {
      child?.kill('SIGKILL')
    },
  }
}

/** Never resolves, since the answer comes by itself; what cannot be sent to is ending, which is heard as well. */
function sendTo(child: ChildProcess, task: ReplayTask): Promise<never> {
  return new Promise(() => child.send(task, () => {}))
}

/** A generator's queue: several may ask at once, and each gets an item of its own, in order. */
async function* queueOf<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
): AsyncGenerator<Item, null, undefined> {
  yield* items
  return null
}

/** A turn that fails while another one is awaited is heard of later, not unheard. */
function heard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
