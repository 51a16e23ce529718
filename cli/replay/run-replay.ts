import { RemovalFailure } from '../../domain/removal-failure.ts'
import { withTemporal } from '../../local/temporal/with-temporal.ts'
import { nothingToReplay } from '../../worker/replay/replay-histories.ts'
import type { ReplayTask } from '../../worker/replay/replay-in-processes.ts'
import { replayInProcesses } from '../../worker/replay/replay-in-processes.ts'
import type { ReplayedHistory } from '../../worker/replay/replayed-history.ts'
import { USAGE_EXIT_CODE } from '../terminal/end-with-failure.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { filesOf, folderOfRelease, historiesIn } from './history-sources.ts'

export interface ReplayFlags {
  open?: boolean
  query?: string
  release?: string
  tape?: boolean
  json?: boolean
}

const DIVERGES_EXIT_CODE = 1

/** Tells of each history whether a run with it could go on with this build; ends with 1 when one could not. */
export async function runReplay(terminal: Terminal, paths: string[], flags: ReplayFlags): Promise<number> {
  const asked = [
    paths.length > 0 && 'files',
    flags.open && '--open',
    flags.query !== undefined && '--query',
    flags.release !== undefined && '--release',
  ].filter((way) => typeof way === 'string')
  const ways = flags.tape ? 'files with --tape' : 'files, --open, --query or --release, and of these one'
  if (asked.length !== 1 || (flags.tape && paths.length === 0))
    throw new RemovalFailure(
      'InvalidRequest',
      `replay: expected ${ways}, not ${asked.join(' and ') || 'none'}`,
      { hint: 'See `matteflow replay --help`.' },
    )
  if (flags.tape) {
    const { runTapes } = await import('./run-tapes.ts')
    return runTapes(terminal, paths, flags.json === true)
  }
  if (flags.open || flags.query !== undefined) return replayFromTemporal(terminal, flags)
  const places = flags.release === undefined ? paths : [await folderOfRelease(flags.release)]
  return tell(terminal, flags, tasksFor(places), places.join(', '))
}

async function replayFromTemporal(terminal: Terminal, flags: ReplayFlags): Promise<number> {
  const access = await withTemporal({
    config: readConfig(terminal),
    environment: terminal.environment,
    makesWork: false,
    log: terminal.say,
  })
  try {
    // A query that finds nothing is mistyped, more often than not. Of what is unfinished there may be none, as before a
    // first deployment, which a gate has to let through.
    const emptyPlace = flags.query === undefined ? null : `--query "${flags.query}"`
    return await tell(terminal, flags, historiesIn(access.client, flags.query), emptyPlace)
  } finally {
    await access.close()
  }
}

async function* tasksFor(places: readonly string[]): AsyncGenerator<ReplayTask, void, undefined> {
  for await (const name of filesOf(places)) yield { name, encoded: null }
}

/** `emptyPlace` names what must not be empty; null where it may be. */
async function tell(
  terminal: Terminal,
  { json = false }: ReplayFlags,
  tasks: AsyncIterable<ReplayTask>,
  emptyPlace: string | null,
): Promise<number> {
  const counts = { replays: 0, diverges: 0, unreadable: 0 }
  const told: ReplayedHistory[] = []
  for await (const replayed of replayInProcesses(tasks)) {
    counts[replayed.outcome] += 1
    if (json) told.push(replayed)
    else if (replayed.outcome === 'unreadable')
      terminal.say(`unreadable ${replayed.failure ?? replayed.name}`)
    else terminal.result(lineOf(replayed))
  }
  const { replays, diverges, unreadable } = counts
  if (replays + diverges + unreadable === 0) {
    if (emptyPlace !== null) throw nothingToReplay(emptyPlace)
    terminal.say('no removal is unfinished in Temporal')
  }
  // They come as they end; whoever compares two runs wants one order.
  if (json) terminal.json(told.toSorted((left, right) => left.name.localeCompare(right.name)))
  else terminal.say(`${replays} replay, ${diverges} diverge, ${unreadable} cannot be read`)
  if (diverges > 0) return DIVERGES_EXIT_CODE
  return unreadable > 0 ? USAGE_EXIT_CODE : 0
}

function lineOf({ name, outcome, failure, divergence }: ReplayedHistory): string {
  if (outcome === 'replays' || divergence === null) return `replays ${name}`
  const { eventId, event, file, advice } = divergence
  return `differs ${name} at event ${eventId} (${event}), ${file}: ${failure ?? ''}\n  ${advice}`
}
