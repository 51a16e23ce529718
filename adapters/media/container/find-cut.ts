import type { ByteSource } from './byte-source.ts'
import { isWhollyReadable, windowed } from './byte-source.ts'
import type { EbmlElement } from './ebml.ts'
import { EBML, readEbmlElement } from './ebml.ts'
import { isoBoxes } from './iso-boxes.ts'

/** What a file is, as far as its structure goes. */
export type FileStructure = 'iso' | 'ebml' | 'riff'

/** Of a remote file, each step may be a request; a local one is walked to its end. */
const REMOTE_STEPS = 256

/**
 * Whether a file lacks its end, by its own structure: the number of bytes that it says it has. Undefined where
 * nothing is missing, or the structure does not show it. Bytes behind the last part, as cameras leave them, are no
 * part of the structure.
 */
export async function findCut(structure: FileStructure, file: ByteSource): Promise<number | undefined> {
  if (file.sizeBytes === null) return undefined
  const source = windowed(file)
  const limit = isWhollyReadable(file) ? Number.POSITIVE_INFINITY : REMOTE_STEPS
  const declared = await declaredBy[structure](source, limit)
  return declared !== undefined && declared > file.sizeBytes ? declared : undefined
}

const declaredBy: Record<FileStructure, (source: ByteSource, steps: number) => Promise<number | undefined>> =
  { iso: declaredByBoxes, ebml: declaredByElements, riff: declaredByRiff }

/** Only these hold pictures, sound or their index: whatever else is cut off, nothing of the video is missing. */
const VITAL_BOXES = ['mdat', 'moov', 'moof']

async function declaredByBoxes(source: ByteSource, steps: number): Promise<number | undefined> {
  let count = 0
  for await (const { type, endExclusive } of isoBoxes(source)) {
    if (endExclusive !== null && endExclusive > (source.sizeBytes ?? 0))
      return VITAL_BOXES.includes(type) ? endExclusive : undefined
    count += 1
    if (count >= steps) return undefined
  }
  return undefined
}

async function declaredByRiff(source: ByteSource): Promise<number | undefined> {
  const head = Buffer.from(await source.read(0, 8))
  // Recorders that were stopped hard leave a zero here.
  return head.byteLength < 8 ? undefined : head.readUInt32LE(4) + 8 || undefined
}

async function declaredByElements(source: ByteSource, steps: number): Promise<number | undefined> {
  const header = await readEbmlElement(source, 0)
  if (header?.id !== EBML.header || header.endExclusive === null) return undefined
  const segment = await readEbmlElement(source, header.endExclusive)
  if (segment?.id !== EBML.segment) return undefined
  return segment.endExclusive ?? (await declaredByLastElement(source, segment, steps))
}

/** A live recording does not say how long it is; its last element does, where that breaks off. */
async function declaredByLastElement(
  source: ByteSource,
  segment: EbmlElement,
  steps: number,
): Promise<number | undefined> {
  const size = source.sizeBytes ?? 0
  let position = segment.contentStart
  for (let step = 0; step < steps && position < size; step += 1) {
    const element = await readEbmlElement(source, position)
    // Not all of a header at the end of the file is a cut as well.
    if (element === undefined) return position + 12 > size ? size + 1 : undefined
    if (element.endExclusive !== null && element.endExclusive > size) return element.endExclusive
    // The parts of a cluster without a length follow each other like its siblings.
    position = element.endExclusive ?? element.contentStart
  }
  return undefined
}
