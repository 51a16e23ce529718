import type { ListFilter } from '../../client/removals.ts'
import { millisecondsFrom } from '../../domain/duration.ts'
import type { RemovalDocument, RemovalState } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { parkedTable, removalTable } from '../removal/removal-tables.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readNumber } from '../terminal/read-number.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ListFlags {
  state?: RemovalState
  project?: string
  since?: string
  limit?: string
  json?: boolean
}

export async function runList(terminal: Terminal, flags: ListFlags): Promise<number> {
  const filter = filterFrom(flags)
  const documents = await withRemovals(terminal, {}, async ({ removals }) => {
    const found: RemovalDocument[] = []
    for await (const document of removals.list(filter)) found.push(document)
    return found
  })
  if (flags.json) terminal.json(documents)
  else if (documents.length > 0)
    terminal.result(flags.state === 'parked' ? parkedTable(documents) : removalTable(documents))
  else terminal.say('no removals')
  return 0
}

function filterFrom(flags: ListFlags): ListFilter {
  return {
    ...(flags.state === undefined ? {} : { state: flags.state }),
    ...(flags.project === undefined ? {} : { project: flags.project }),
    ...(flags.since === undefined ? {} : { since: momentFrom(flags.since) }),
    ...(flags.limit === undefined
      ? {}
      : { limit: Math.ceil(readNumber('--limit', flags.limit, { least: 1 })) }),
  }
}

function momentFrom(text: string): Date {
  const ago = millisecondsFrom(text)
  const moment = ago === undefined ? new Date(text) : new Date(Date.now() - ago)
  if (!Number.isNaN(moment.getTime())) return moment
  throw new RemovalFailure(
    'InvalidRequest',
    `--since: expected a duration like 2h or 7d, or a date like 2026-11-23, not ${text}`,
  )
}
