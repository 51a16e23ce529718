import type { EmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { atEndOfProcess } from './test-process.ts'

/** What the files of one test process share: the first that asks starts it, and it ends with the process. */

type Temporal = Awaited<ReturnType<typeof startTemporalServer>>

let server: Promise<Temporal> | undefined
let database: Promise<EmbeddedDatabase> | undefined

/**
 * A real Temporal server on which files run one after another; who lists or counts what is there takes one of its own. One that
 * skips time is never shared: its clock, years ahead after a few files, would be the next file's.
 */
export function sharedTemporal(): Promise<Temporal> {
  if (server === undefined) {
    const started = startTemporalServer('dev')
    server = started
    atEndOfProcess(async () => (await started).teardown())
  }
  return server
}

/** A database for tests that look at their own rows alone. */
export function sharedDatabase(): Promise<EmbeddedDatabase> {
  if (database === undefined) {
    const served = serveDatabase()
    database = served
    atEndOfProcess(async () => (await served).close())
  }
  return database
}
