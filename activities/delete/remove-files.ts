import type { ActivityDependencies } from '../dependencies.ts'

/**
 * Where files of a removal lie. What witnesses its starts stays: it holds no picture, and keeps a ledger that is restored
 * from a backup from buying again.
 */
const FOLDERS = ['inputs', 'outputs', 'refused', 'exchanges'] as const

/**
 * Removes the files of a removal, unless unfinished removals were given one of them as their input. Gives the ids of
 * those: then nothing is removed.
 */
export async function removeFiles(
  removalId: string,
  { ledger, storage }: Pick<ActivityDependencies, 'ledger' | 'storage'>,
): Promise<string[]> {
  const prefixes = FOLDERS.map((folder) => `${folder}/${removalId}`)
  const readers = await ledger.deletions.readersOf(removalId, prefixes)
  if (readers.length > 0) return readers
  for (const prefix of prefixes) await storage.removeAll(prefix)
  return []
}
