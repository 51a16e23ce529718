import { remembered } from '../../domain/remembered.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { atEndOfProcess } from './test-process.ts'

/**
 * A database for tests that look at their own rows alone: the first file of a test process that asks starts it, and it ends
 * with the process. A Temporal server is never shared: it starts in a moment, and what one file left running there would
 * be served by the workers of the next.
 */
export const sharedDatabase = remembered(async () => {
  const database = await serveDatabase()
  atEndOfProcess(() => database.close())
  return database
}).get
