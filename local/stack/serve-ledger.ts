import type { EmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { serveEmbeddedDatabase } from '../../adapters/ledger/serve-embedded-database.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { homePaths, makeHome } from '../home/home-paths.ts'
import { takeKernelLock } from '../home/kernel-lock.ts'
import { homeTaken, takeHome } from '../home/take-home.ts'
import { awaitFreeDatabases } from './clear-leftovers.ts'

/** Serves the embedded ledger of a home to this process and those that it tells, with the whole home taken. */
export async function serveOwnLedger(home: string): Promise<EmbeddedDatabase> {
  const taken = await takeHome(home, 'ledger')
  if (taken === null) throw await homeTaken(home)
  try {
    await awaitFreeDatabases(home)
    const { url, close } = await serveLedger(home)
    return { url, close: () => close().finally(() => taken.release()) }
  } catch (error) {
    taken.release()
    throw error
  }
}

/** Serves the embedded ledger of a home whose supervisor has the home. Its lock lasts as long as its files are open. */
export async function serveLedger(home: string, port = 0): Promise<EmbeddedDatabase> {
  const paths = homePaths(home)
  await makeHome(home)
  const lock = await takeKernelLock(paths.ledgerLock)
  if (lock === null) throw ledgerOpen(paths.ledger)
  try {
    const { url, close } = await serveEmbeddedDatabase({ folder: paths.ledger, port })
    return { url, close: () => close().finally(() => lock.release()) }
  } catch (error) {
    lock.release()
    throw error
  }
}

function ledgerOpen(folder: string): RemovalFailure {
  return new RemovalFailure('PlatformUnavailable', `the ledger in ${folder} is open in another process`, {
    hint: 'Run `matteflow stop`, or set DATABASE_URL to a PostgreSQL database to share the ledger.',
  })
}
