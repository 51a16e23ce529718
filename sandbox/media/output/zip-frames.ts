import { createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** Packs the files of a folder, in the order of their names. */
export async function zipFrames(folder: string, archive: string): Promise<void> {
  const zip = new ZipFile()
  // PNG is compressed already.
  for (const name of (await readdir(folder)).sort())
    zip.addFile(join(folder, name), name, { compress: false })
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(archive))
}
