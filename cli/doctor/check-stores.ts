import type { Config } from '../../adapters/environment/config.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { rehearseRemoval } from '../../adapters/ledger/rehearse-removal.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import type { Problem } from './problem.ts'

/** The ledger can be opened, and its role may write what a removal writes; nothing of it stays. */
export async function checkLedger(url: string | null): Promise<Problem[]> {
  if (url === null) return []
  const { database, close } = await openDatabase(url, { poolSize: 1 })
  try {
    await rehearseRemoval(database)
    return []
  } finally {
    await close()
  }
}

/** The storage does for a probe what it does for a removal. */
export async function checkStorage(url: string, { proxies }: Pick<Config, 'proxies'>): Promise<Problem[]> {
  await createStorage(url, { proxies }).check()
  return []
}
