import { DefaultLogger, Runtime } from '@temporalio/worker'
import { replayHistories } from '../../testing/replay.ts'
import type { Terminal } from '../terminal/terminal.ts'

const DIFFERS_EXIT_CODE = 1

/** Tells of each history whether a run with it could go on with this build; ends with 1 when one could not. */
export async function runReplay(
  terminal: Terminal,
  paths: string[],
  { json = false }: { json?: boolean },
): Promise<number> {
  // What the workflows say while they are replayed has been said before, and a difference is in the result.
  // The native core would write its own lines to stdout, where only the result belongs.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
  })
  const replayed = await replayHistories(paths)
  if (json) terminal.json(replayed)
  else
    for (const { name, failure } of replayed)
      terminal.result(failure === null ? `replays ${name}` : `differs ${name}: ${failure}`)
  return replayed.every(({ failure }) => failure === null) ? 0 : DIFFERS_EXIT_CODE
}
