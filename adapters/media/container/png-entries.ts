import type { Entry, ZipFile } from 'yauzl'
import { RemovalFailure } from '../../../domain/removal-failure.ts'

/** Bounds against zip bombs: ten hours at 30 frames a second, and four bytes for each pixel of an 8K picture. */
const MAX_ENTRIES = 1_080_000
const MAX_PNG_BYTES = 4 * 7_680 * 4_320

/** The pictures of a zip in the order of their names. `OutputInvalid` when it is damaged or unpacks to too much. */
export async function pngEntries(zip: ZipFile): Promise<Entry[]> {
  if (zip.entryCount > MAX_ENTRIES)
    throw new RemovalFailure('OutputInvalid', `output: the zip has ${zip.entryCount} entries`)
  const pictures: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.split('/').at(-1) ?? ''
      // Archives made on a Mac carry a hidden shadow of each file.
      if (name.toLowerCase().endsWith('.png') && !name.startsWith('._')) pictures.push(entry)
    }
  } catch (error) {
    throw new RemovalFailure('OutputInvalid', `output: the zip is damaged (${(error as Error).message})`, {
      cause: error,
    })
  }
  const oversized = pictures.find((entry) => entry.uncompressedSize > MAX_PNG_BYTES)
  if (oversized)
    throw new RemovalFailure(
      'OutputInvalid',
      `output: ${oversized.fileName} unpacks to ${oversized.uncompressedSize} bytes`,
    )
  return pictures.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))
}
