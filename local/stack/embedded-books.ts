import type { EmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { serveEmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { holdLock } from '../home/hold-lock.ts'
import { homePaths } from '../home/home-paths.ts'

/** Serves the embedded books of a home. A second process over the same files would lose rows, hence the lock. */
export async function serveEmbeddedBooks(home: string, port = 0): Promise<EmbeddedDatabase> {
  const paths = homePaths(home)
  const lock = await holdLock(paths.booksLock)
  if (lock === null) {
    throw new RemovalFailure(
      'PlatformUnavailable',
      `the books in ${paths.books} are open in another process`,
      {
        hint: 'Set DATABASE_URL to a PostgreSQL database to share the books, or run `matteflow stop`.',
      },
    )
  }
  try {
    const database = await serveEmbeddedDatabase({ folder: paths.books, port })
    return {
      url: database.url,
      async close() {
        await database.close()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}
