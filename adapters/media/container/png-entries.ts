import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Entry, ZipFile } from 'yauzl'
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl'
import { openFileBytes } from './byte-source.ts'

/** Bounds against zip bombs: ten hours at 30 frames a second, and eight bytes for each pixel of an 8K picture. */
const MAX_ENTRIES = 1_080_000
const MAX_PNG_BYTES = 8 * 7_680 * 4_320

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

/** A zip of PNGs, in the order of their names. */
export interface PngZip {
  zip: ZipFile
  pictures: Entry[]
}

/**
 * Opens a zip of PNGs; says why where it cannot be read. Nothing is unpacked by name, so that names may be absolute,
 * or anything else. Bytes behind its end are no part of it.
 */
export async function openPngZip(path: string): Promise<PngZip | { damage: string }> {
  let zip: ZipFile | undefined
  try {
    zip = await fromRandomAccessReaderPromise(new FileReader(path), await endOfZip(path), {
      autoClose: false,
      decodeStrings: false,
    })
    return { zip, pictures: await picturesOf(zip) }
  } catch (error) {
    zip?.close()
    return { damage: `the zip cannot be read (${(error as Error).message})` }
  }
}

async function picturesOf(zip: ZipFile): Promise<Entry[]> {
  const files: { name: string; entry: Entry }[] = []
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileNameRaw.toString('utf8')
    // Archives made on a Mac carry a hidden shadow of each file.
    const isShadow = name.split('/').at(-1)?.startsWith('._') ?? false
    if (!/[\\/]$/.test(name) && !isShadow && entry.uncompressedSize <= MAX_PNG_BYTES)
      files.push({ name, entry })
    if (files.length === MAX_ENTRIES) break
  }
  const named = files.filter(({ name }) => name.toLowerCase().endsWith('.png'))
  const [first] = files
  const isUnnamed = named.length === 0 && first !== undefined && (await isPng(zip, first.entry))
  return (isUnnamed ? files : named).toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ entry }) => entry)
}

async function isPng(zip: ZipFile, entry: Entry): Promise<boolean> {
  const stream = await zip.openReadStreamPromise(entry)
  for await (const chunk of stream) return beginsLikePng(chunk as Buffer)
  return false
}

/** Whether bytes are the beginning of a PNG. */
export function beginsLikePng(bytes: Buffer): boolean {
  return bytes.subarray(0, PNG_SIGNATURE.byteLength).equals(PNG_SIGNATURE)
}

const END_RECORD_BYTES = 22
const LONGEST_COMMENT_BYTES = 0xffff
/** How far back the end of a zip is looked for when something was appended to it. */
const SEARCHED_BYTES = END_RECORD_BYTES + 2 * LONGEST_COMMENT_BYTES

/** Where the zip itself ends; its reader knows none that something was appended to. */
async function endOfZip(path: string): Promise<number> {
  await using file = await openFileBytes(path)
  const sizeBytes = file.sizeBytes ?? 0
  const start = Math.max(0, sizeBytes - SEARCHED_BYTES)
  const tail = Buffer.from(await file.read(start, sizeBytes))
  for (
    let at = tail.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
    at >= 0;
    at = at === 0 ? -1 : tail.lastIndexOf('PK\u0005\u0006', at - 1, 'latin1')
  ) {
    if (at + END_RECORD_BYTES > tail.byteLength) continue
    const end = start + at + END_RECORD_BYTES + tail.readUInt16LE(at + 20)
    if (end <= sizeBytes) return end
  }
  return sizeBytes
}

class FileReader extends RandomAccessReader {
  readonly #path: string

  constructor(path: string) {
    super()
    this.#path = path
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return createReadStream(this.#path, { start, end: end - 1 })
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    readAt(this.#path, buffer, offset, length, position).then(() => callback(null), callback)
  }
}

async function readAt(
  path: string,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
): Promise<void> {
  await using file = await open(path, 'r')
  const { bytesRead } = await file.read(buffer, offset, length, position)
  if (bytesRead < length) throw new Error('unexpected end of the file')
}
