import type { ResumeRequest } from '../../client/index.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readId, readNumber } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ResumeAllFlags } from './run-resume-all.ts'

export interface ResumeFlags {
  as?: 'started' | 'not-started'
  maxCredits?: string
  by?: string
  note?: string
  json?: boolean
}

/** What goes with `--all` only. */
const OF_ALL = ['kind', 'project', 'rate', 'dryRun'] as const

export async function runResume(
  terminal: Terminal,
  id: string | undefined,
  { as, maxCredits, by, note, json, ...flags }: ResumeFlags & ResumeAllFlags,
): Promise<number> {
  if (id === undefined) throw refused('<id>: expected the id of a parked removal, or --all')
  readId(id)
  const stray = OF_ALL.find((flag) => flags[flag] !== undefined)
  if (stray !== undefined)
    throw refused(`--${stray === 'dryRun' ? 'dry-run' : stray}: goes with --all, not with an id`)
  const asked: ResumeRequest = {
    ...(as !== undefined && { as }),
    ...(maxCredits !== undefined && { maxCredits: readNumber('--max-credits', maxCredits) }),
    ...(by !== undefined && { by }),
    ...(note !== undefined && { note }),
  }
  return withRemovals(terminal, {}, async ({ removals }) => {
    const resumed = await removals.resume(id, asked)
    if (json) terminal.json({ id, ...resumed })
    else
      terminal.result(`resumed ${id}, which was parked for ${resumed.parkedFor}; it is now ${resumed.state}`)
    return 0
  })
}

function refused(message: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, {
    hint: 'Nothing was changed: see `matteflow resume --help`.',
  })
}
