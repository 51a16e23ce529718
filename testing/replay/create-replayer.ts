import type { History } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { workflowBundlePath } from '../../worker/workflow-bundle.ts'
import { findDivergence } from './find-divergence.ts'
import type { ReplayedHistory } from './replayed-history.ts'
import { workflowFiles } from './workflow-files.ts'

/** Replays one history after another with the same workflow code. */
export interface Replayer {
  replay(name: string, history: History): Promise<ReplayedHistory>
  close(): Promise<void>
}

const PASSED = { outcome: 'replays', failure: null, divergence: null } as const

/** A replayer of this build's workflow code, or of that in another bundle. */
export async function createReplayer({ bundlePath }: { bundlePath?: string } = {}): Promise<Replayer> {
  const codePath = bundlePath ?? (await workflowBundlePath())
  const queue = createQueue<{ workflowId: string; history: History }>()
  // One worker for all: to make one anew takes longer than most replays.
  const results = Worker.runReplayHistories({ workflowBundle: { codePath } }, queue.items)
  const run = async (history: History): Promise<Error | undefined> => {
    queue.push({ workflowId: workflowIdOf('replayed'), history })
    const { value, done } = await results.next()
    if (done) throw new TypeError('the replayer has ended')
    return value.error
  }
  return {
    async replay(name, history) {
      const error = await run(history)
      if (error === undefined) return { name, ...PASSED }
      const failure = reasonOf(error)
      const events = history.events ?? []
      const fails = async (length: number): Promise<boolean> =>
        (await run({ events: events.slice(0, length) })) !== undefined
      const files = await workflowFiles(codePath)
      return {
        name,
        outcome: 'diverges',
        failure,
        divergence: await findDivergence(events, failure, files, fails),
      }
    },
    async close() {
      queue.end()
      await results.return?.()
    },
  }
}

/** The replayer's own sentence, without the debug print of Rust's structures around it. */
function reasonOf(error: Error): string {
  const [, said] = /Failure \{ message: "((?:[^"\\]|\\.)*)"/.exec(error.message) ?? []
  return (said?.replaceAll(/\\(.)/g, '$1').split('\n')[0] ?? error.message).slice(0, 500)
}

/** Hands out what is pushed, one after another, and waits where there is nothing yet. */
function createQueue<Item>() {
  const waiting: Item[] = []
  let isEnded = false
  let wake = (): void => {}
  async function* take(): AsyncGenerator<Item, void, undefined> {
    for (;;) {
      const item = waiting.shift()
      if (item !== undefined) yield item
      else if (isEnded) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return {
    items: take(),
    push(item: Item) {
      waiting.push(item)
      wake()
    },
    end() {
      isEnded = true
      wake()
    },
  }
}
