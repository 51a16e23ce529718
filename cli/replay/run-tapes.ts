import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { readBundle } from '../../testing/tapes/read-bundle.ts'
import type { PlayedTapeReport } from '../../testing/tapes/tape-player.ts'
import { createTapePlayer } from '../../testing/tapes/tape-player.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { nothingToReplay } from '../../worker/replay/replay-histories.ts'
import { USAGE_EXIT_CODE } from '../terminal/end-with-failure.ts'
import { plainTable } from '../terminal/plain-table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { filesOf } from './history-sources.ts'

const DIFFERS_EXIT_CODE = 1

/** A bundle that could not be played, and why. */
interface Unplayable {
  name: string
  failure: string
}

/**
 * Plays the tapes of bundles, or of folders of them, against this build, and says what it would do otherwise. Ends with
 * 1 where it would, with 2 where a bundle cannot be played or there is none.
 */
export async function runTapes(terminal: Terminal, paths: string[], json: boolean): Promise<number> {
  const names: string[] = []
  for await (const name of filesOf(paths)) names.push(name)
  if (names.length === 0) throw nothingToReplay(paths.join(', '))
  terminal.say('starting a Temporal server that skips time')
  const temporal = await startTemporalServer('time-skipping', { isSilent: true })
  const player = await createTapePlayer(temporal)
  const reports: PlayedTapeReport[] = []
  const unplayable: Unplayable[] = []
  try {
    for (const name of names) {
      try {
        reports.push(await player.play(name, await readBundle(name)))
      } catch (error) {
        if (!isRemovalFailure(error)) throw error
        unplayable.push({ name, failure: error.message })
        if (!json) terminal.say(`unreadable ${error.message}`)
      }
    }
  } finally {
    await player.close()
    await temporal.teardown()
  }
  const differing = reports.filter(({ differences }) => differences.length > 0)
  if (json) terminal.json({ played: reports.length, differing: differing.length, unplayable, reports })
  else {
    if (differing.length > 0) terminal.result(tableOf(differing))
    terminal.say(
      `${reports.length - differing.length} alike, ${differing.length} would differ, ${unplayable.length} cannot be played`,
    )
  }
  if (differing.length > 0) return DIFFERS_EXIT_CODE
  return unplayable.length > 0 ? USAGE_EXIT_CODE : 0
}

function tableOf(reports: readonly PlayedTapeReport[]): string {
  return plainTable(
    ['removal', 'recorded by', 'what', 'recorded', 'this build'],
    reports.flatMap(({ removalId, recordedBy, differences }) =>
      differences.map(({ fact, recorded, now }) => [
        removalId,
        recordedBy,
        fact,
        String(recorded ?? 'none'),
        String(now ?? 'none'),
      ]),
    ),
  )
}
