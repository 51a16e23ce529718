import type { PayloadCodec } from '@temporalio/common'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import proto from '@temporalio/proto'
import { createPayloadCodec } from '../../adapters/encryption/payload-codec.ts'
import { decodeHistory } from '../../adapters/encryption/plain-history.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { createReplayer } from './create-replayer.ts'
import { readHistory } from './read-history.ts'
import type { ReplayedHistory } from './replayed-history.ts'

/**
 * Replays recorded histories against the workflow code of this build, or that of another bundle, one after another.
 * Paths name files as `temporal workflow show --output json` and the UI's download write them, gzipped or not. No server
 * is needed. Histories whose payloads are encrypted take the codec that wrote them. Throws `InvalidRequest` for what is no history, and for none at all: a gate that replays nothing is none.
 */
export async function replayHistories(
  histories: readonly (string | History)[],
  {
    payloadCodecs = [createPayloadCodec([])],
    ...options
  }: { bundlePath?: string; payloadCodecs?: readonly PayloadCodec[] } = {},
): Promise<ReplayedHistory[]> {
  if (histories.length === 0) throw nothingToReplay()
  const replayer = await createReplayer(options)
  try {
    const replayed: ReplayedHistory[] = []
    for (const [index, history] of histories.entries()) {
      const isPath = typeof history === 'string'
      const name = isPath ? history : `history ${index + 1}`
      const recorded = isPath ? await readHistory(history) : copyOf(history)
      replayed.push(await replayer.replay(name, await decodeHistory(recorded, payloadCodecs)))
    }
    return replayed
  } finally {
    await replayer.close()
  }
}

/** What is decoded is decoded in place, and a history that was given stays the caller's. */
function copyOf(history: History): History {
  const { History: HistoryMessage } = proto.temporal.api.history.v1
  return HistoryMessage.decode(HistoryMessage.encode(history).finish())
}

/** What a gate says that would otherwise pass without having looked at anything. */
export function nothingToReplay(where = 'the list of histories'): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `${where}: expected at least one history, and there is none`, {
    hint: 'Name files, folders that hold files ending with .json or .json.gz, or a query that finds workflows.',
  })
}
