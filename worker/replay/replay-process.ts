import type { History } from '@temporalio/common/lib/proto-utils.js'
import proto from '@temporalio/proto'
import { Runtime } from '@temporalio/worker'
import { createPayloadCodec } from '../../adapters/encryption/payload-codec.ts'
import { decodeHistory } from '../../adapters/encryption/plain-history.ts'
import { configFrom } from '../../adapters/environment/config.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { createReplayer } from './create-replayer.ts'
import { checkHistory, readHistory, unreadable } from './read-history.ts'
import type { ReplayTask, ReplayTaskResult } from './replay-in-processes.ts'
import { SILENT_RUNTIME } from './silent-runtime.ts'

Runtime.install(SILENT_RUNTIME)
const bundlePath = process.argv[2]
const codec = createPayloadCodec(configFrom(process.env).payloadKeys)
const replayer = await createReplayer(bundlePath === undefined ? {} : { bundlePath })

process.on('message', (task: ReplayTask) => {
  void replay(task).then((result) => process.send?.(result))
})
process.send?.('ready')

async function replay(task: ReplayTask): Promise<ReplayTaskResult> {
  try {
    return { replayed: await replayer.replay(task.name, await historyOf(task)), isSpent: false }
  } catch (error) {
    const reason = isRemovalFailure(error)
      ? error.message
      : `${task.name}: it cannot be replayed (${String(error)})`
    const replayed = { name: task.name, outcome: 'unreadable', failure: reason, divergence: null } as const
    // A replayer that failed takes no other history.
    return { replayed, isSpent: !isRemovalFailure(error) }
  }
}

async function historyOf(task: ReplayTask): Promise<History> {
  const history = await recordedHistory(task)
  try {
    return await decodeHistory(history, [codec])
  } catch (error) {
    if (!isRemovalFailure(error)) throw error
    throw new RemovalFailure('InvalidRequest', `${task.name}: ${error.message}`, { cause: error })
  }
}

async function recordedHistory({ name, encoded }: ReplayTask): Promise<History> {
  if (encoded === null) return readHistory(name)
  const history = proto.temporal.api.history.v1.History.decode(encoded)
  try {
    checkHistory(history)
  } catch (error) {
    throw unreadable(name, 'the whole history of a removal', error, 'Temporal may be removing it just now.')
  }
  return history
}
