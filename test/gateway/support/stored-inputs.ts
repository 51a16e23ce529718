import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PARTIAL_SEGMENT } from '../../../domain/storage-place.ts'

/** Unfinished writes lie in a place of their own, which the storage does not list. */
const PLACES = ['inputs', 'uploads', PARTIAL_SEGMENT]

/** Every file that a storage in a folder keeps of inputs, with the unfinished ones. */
export async function storedInputs(storageUrl: string): Promise<string[]> {
  const root = fileURLToPath(storageUrl)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .filter((path) => PLACES.some((place) => path.startsWith(`${place}/`)))
    .toSorted()
}
