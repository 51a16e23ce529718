import type { ListFilter } from '../../client/removals.ts'
import type { FailureKind } from '../../domain/failures.ts'
import type { RemovalDocument, RemovalState } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readMoment } from '../terminal/read-moment.ts'
import { readNumber } from '../terminal/read-number.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { lookCloser } from './look-closer.ts'
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
