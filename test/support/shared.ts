import type { EmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import type { ServerKind } from '../../testing/temporal-server.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { atEndOfProcess } from './test-process.ts'

/** What the files of one test process share: the first that asks starts it, and it ends with the process. */

type Temporal = Awaited<ReturnType<typeof startTemporalServer>>

const servers = new Map<ServerKind, Promise<Temporal>>()
let database: Promise<EmbeddedDatabase> | undefined

/** A Temporal server on which files run one after another; who lists or counts what is there takes one of its own. */
export function sharedTemporal(kind: ServerKind): Promise<Temporal> {
  const known = servers.get(kind)
  if (known !== undefined) return known
  const server = startTemporalServer(kind)
  servers.set(kind, server)
  atEndOfProcess(async () => (await server).teardown())
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
