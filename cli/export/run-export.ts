import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { exportBundle } from '../../testing/tapes/export-bundle.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readId } from '../terminal/read-arguments.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ExportFlags {
  out?: string
  json?: boolean
}

/** Writes the bundle of a removal. A file that is there already is left alone. */
export async function runExport(
  terminal: Terminal,
  typed: string,
  { out, json = false }: ExportFlags,
): Promise<number> {
  const id = readId(typed)
  const config = readConfig(terminal)
  const path = resolve(out ?? `${id}.bundle.json.gz`)
  return withRemovals(terminal, { config }, async ({ removals, access }) => {
    const url = config.databaseUrl ?? access.stack?.databaseUrl
    if (url === undefined || url === null)
      throw new RemovalFailure(
        'InvalidRequest',
        'DATABASE_URL: expected the ledger of the removal, none is set',
        {
          hint: 'Set DATABASE_URL as the workers have it.',
        },
      )
    const { database, close } = await openDatabase(url, { poolSize: 1 })
    try {
      const { client, storage } = access
      const document = await removals.status(id).catch((error: unknown) => {
        // What nobody can show any more may still be on record.
        if (isRemovalFailure(error) && error.kind === 'NotFound') return null
        throw error
      })
      const bundle = await exportBundle({ client, storage, database }, id, document)
      await writeNew(path, await promisify(gzip)(JSON.stringify(bundle)))
      const { histories, exchanges } = bundle
      const events = histories.reduce((sum, history) => sum + history.events.length, 0)
      if (json) terminal.json({ id, bundle: path, events, exchanges: exchanges.length })
      else terminal.result(`${path}: ${events} events, ${exchanges.length} exchanges with the vendor`)
      return 0
    } finally {
      await close()
    }
  })
}

async function writeNew(path: string, content: Buffer): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'EEXIST' ? 'there is a file already' : message
    throw new RemovalFailure('InvalidRequest', `--out: ${path} cannot be written (${reason})`, {
      hint: 'Name another file with --out.',
      cause: error,
    })
  }
}
