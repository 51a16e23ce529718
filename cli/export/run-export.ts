import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { exportBundle } from '../../testing/tapes/export-bundle.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readId } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { withLedger } from '../terminal/with-ledger.ts'

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
  const path = resolve(out ?? `${id}.bundle.json.gz`)
  return withRemovals(terminal, {}, ({ removals, access: { client, storage } }) =>
    withLedger(terminal, async (database) => {
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
    }),
  )
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
