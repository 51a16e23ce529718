import type { History } from '@temporalio/common/lib/proto-utils.js'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { createReplayer } from './create-replayer.ts'
import { readHistory } from './read-history.ts'
import type { ReplayedHistory } from './replayed-history.ts'

/**
 * Replays recorded histories against the workflow code of this build, or that of another bundle, one after another.
 * Paths name files as `temporal workflow show --output json` and the UI's download write them, gzipped or not. No server
 * is needed. Throws `InvalidRequest` for what is no history, and for none at all: a gate that replays nothing is none.
 */
export async function replayHistories(
  histories: readonly (string | History)[],
  options: { bundlePath?: string } = {},
): Promise<ReplayedHistory[]> {
  if (histories.length === 0) throw nothingToReplay()
  const replayer = await createReplayer(options)
  try {
    const replayed: ReplayedHistory[] = []
    for (const [index, history] of histories.entries()) {
      const isPath = typeof history === 'string'
      const name = isPath ? history : `history ${index + 1}`
      replayed.push(await replayer.replay(name, isPath ? await readHistory(history) : history))
    }
    return replayed
  } finally {
    await replayer.close()
  }
}

/** What a gate says that would otherwise pass without having looked at anything. */
export function nothingToReplay(where = 'the list of histories'): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `${where}: expected at least one history, and there is none`, {
    hint: 'Name files, or folders that hold files ending with .json or .json.gz.',
  })
}
