import type { ListFilter, Removals } from '../../client/removals.ts'
import type { FailureKind } from '../../domain/failures.ts'
import type { RemovalDocument, RemovalState } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readMoment, readNumber } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { parkedTable, removalTable } from './removal-tables.ts'

export interface ListFlags {
  state?: RemovalState
  project?: string
  since?: string
  kind?: FailureKind
  parkedSince?: string
  limit?: string
  json?: boolean
}

export async function runList(terminal: Terminal, flags: ListFlags): Promise<number> {
  const filter = filterFrom(flags)
  const documents = await withRemovals(terminal, {}, async ({ removals }) => {
    const found: RemovalDocument[] = []
    for await (const document of removals.list(filter)) found.push(document)
    return lookCloser(removals, found, terminal)
  })
  if (flags.json) terminal.json(documents)
  else if (documents.length === 0) terminal.say('no removals')
  else if (documents.every(({ state }) => state === 'parked')) terminal.result(parkedTable(documents))
  else terminal.result(removalTable(documents))
  return 0
}

function filterFrom({ state, project, since, kind, parkedSince, limit }: ListFlags): ListFilter {
  if (parkedSince !== undefined && state !== undefined && state !== 'parked')
    throw new RemovalFailure('InvalidRequest', `--parked-since: does not go with --state ${state}`)
  return {
    ...(state === undefined ? {} : { state }),
    ...(project === undefined ? {} : { project }),
    ...(since === undefined ? {} : { since: readMoment('--since', since) }),
    ...(kind === undefined ? {} : { failure: kind }),
    ...(parkedSince === undefined ? {} : { parkedSince: readMoment('--parked-since', parkedSince) }),
    ...(limit === undefined ? {} : { limit: Math.ceil(readNumber('--limit', limit, { least: 1 })) }),
  }
}

/** A look at one takes some milliseconds; nobody reads a longer list of what runs. */
const MOST = 300
const AT_A_TIME = 10

/**
 * A list knows no progress and no outage: both stand in what Temporal has under way for each removal. Looks at the
 * removals that run, the first of them, and puts what was seen into their places.
 */
async function lookCloser(
  removals: Pick<Removals, 'status'>,
  documents: RemovalDocument[],
  { say }: Pick<Terminal, 'say'>,
): Promise<RemovalDocument[]> {
  const seen = [...documents]
  const running = [...seen.entries()].filter(([, { state }]) => state !== 'parked' && !isFinal(state))
  const turns = running.slice(0, MOST).values()
  const look = async (): Promise<void> => {
    for (const [index, { id }] of turns) {
      const document = await removals.status(id).catch((error: unknown) => {
        // What it was listed as is still the best that is known.
        if (isRemovalFailure(error)) return null
        throw error
      })
      if (document !== null) seen[index] = document
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, look))
  if (running.length > MOST) say(`progress and outages are shown of the first ${MOST} that run`)
  return seen
}
