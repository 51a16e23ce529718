import { PassThrough } from 'node:stream'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { workflowBundlePath } from '../workflow-bundle.ts'
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
  const histories = new PassThrough({ objectMode: true })
  // One worker for all: to make one anew takes longer than most replays.
  const results = Worker.runReplayHistories({ workflowBundle: { codePath } }, histories)
  let files: ReturnType<typeof workflowFiles> | undefined
  const run = async (history: History): Promise<Error | undefined> => {
    histories.write({ workflowId: workflowIdOf('replayed'), history })
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
      files ??= workflowFiles(codePath)
      return {
        name,
        outcome: 'diverges',
        failure,
        divergence: await findDivergence(events, failure, await files, fails),
      }
    },
    async close() {
      histories.end()
      await results.return?.()
    },
  }
}

/** The replayer's own sentence, without the debug print of Rust's structures around it. */
function reasonOf(error: Error): string {
  const [, said] = /Failure \{ message: "((?:[^"\\]|\\.)*)"/.exec(error.message) ?? []
  return (said?.replaceAll(/\\(.)/g, '$1').split('\n')[0] ?? error.message).slice(0, 500)
}
