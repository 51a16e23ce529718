import { remembered } from '../../domain/remembered.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { atEndOfProcess } from './test-process.ts'

/** What the files of one test process share: the first that asks starts it, and it ends with the process. */

/**
 * A real Temporal server on which files run one after another; who lists or counts what is there takes one of its own. One that
 * skips time is never shared: its clock, years ahead after a few files, would be the next file's.
 */
export const sharedTemporal = shared(
  () => startTemporalServer('dev'),
  (server) => server.teardown(),
)

/** A database for tests that look at their own rows alone. */
export const sharedDatabase = shared(serveDatabase, (database) => database.close())

function shared<Thing>(
  start: () => Promise<Thing>,
  end: (thing: Thing) => Promise<void>,
): () => Promise<Thing> {
  return remembered(async () => {
    const thing = await start()
    atEndOfProcess(() => end(thing))
    return thing
  }).get
}
