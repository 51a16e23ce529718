import type { ByteSource } from './byte-source.ts'

/** One box of an ISO base media file (mp4, mov). Source: ISO/IEC 14496-12 §4.2. */
export interface IsoBox {
  type: string
  start: number
  /** Where its content begins, after its header. */
  contentStart: number
  /** Where it says it ends, also beyond the end of the file; null where it says "up to the end of the file". */
  endExclusive: number | null
}

const LONGEST_HEADER_BYTES = 16

/** Walks the boxes that follow each other between two offsets, until something is no box. */
export async function* isoBoxes(
  source: ByteSource,
  start = 0,
  endExclusive = source.readableBytes ?? source.sizeBytes ?? 0,
): AsyncGenerator<IsoBox> {
  for (let position = start; position + 8 <= endExclusive; ) {
    const head = Buffer.from(await source.read(position, position + LONGEST_HEADER_BYTES))
    if (head.byteLength < 8) return
    const short = head.readUInt32BE(0)
    const isLong = short === 1
    if (isLong && head.byteLength < LONGEST_HEADER_BYTES) return
    const sizeBytes = isLong ? Number(head.readBigUInt64BE(8)) : short
    if (sizeBytes !== 0 && sizeBytes < 8) return
    yield {
      type: head.toString('latin1', 4, 8),
      start: position,
      contentStart: position + (isLong ? LONGEST_HEADER_BYTES : 8),
      endExclusive: sizeBytes === 0 ? null : position + sizeBytes,
    }
    if (sizeBytes === 0) return
    position += sizeBytes
  }
}

/** The first box of a type among those between two offsets. */
export async function findIsoBox(
  source: ByteSource,
  type: string,
  start?: number,
  endExclusive?: number,
): Promise<IsoBox | undefined> {
  for await (const box of isoBoxes(source, start, endExclusive)) if (box.type === type) return box
  return undefined
}
