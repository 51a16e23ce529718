import type { Container } from '../../../domain/container.ts'
import type { ByteSource } from './byte-source.ts'

/** Fragmented files have a box every few seconds; looking at more of them is not worth the reads. */
const MAX_BOXES = 256

/**
 * How many bytes the container's own headers say the file has, to notice a file that was cut off. Undefined
 * where the container does not say.
 */
export async function declaredSize(container: Container, source: ByteSource): Promise<number | undefined> {
  if (container === 'webm') return await declaredByEbml(source)
  if (container === 'avi') return await declaredByRiff(source)
  return await declaredByBoxes(source)
}

/** ISO base media: a chain of boxes, each with its length first. Source: ISO/IEC 14496-12 §4.2. */
async function declaredByBoxes(source: ByteSource): Promise<number | undefined> {
  const end = source.readableBytes ?? source.sizeBytes ?? 0
  let position = 0
  for (let boxes = 0; boxes < MAX_BOXES && position + 16 <= end; boxes += 1) {
    const head = view(await source.read(position, position + 16))
    const short = head.getUint32(0)
    // 0: up to the end of the file; 1: the length follows in 64 bits.
    if (short === 0) return undefined
    const length = short === 1 ? Number(head.getBigUint64(8)) : short
    if (length < 8) return undefined
    position += length
  }
  return position
}

async function declaredByRiff(source: ByteSource): Promise<number | undefined> {
  const head = await source.read(0, 8)
  // Recorders that were stopped hard leave a zero here.
  return head.byteLength < 8 ? undefined : view(head).getUint32(4, true) + 8 || undefined
}

/** Matroska: the EBML header, then one Segment that holds everything. Source: RFC 8794 §4. */
async function declaredByEbml(source: ByteSource): Promise<number | undefined> {
  const head = await source.read(0, 256)
  const header = ebmlSize(head, 4)
  if (header?.value === undefined) return undefined
  const segment = 4 + header.bytes + header.value
  const size = ebmlSize(head, segment + 4)
  return size?.value === undefined ? undefined : segment + 4 + size.bytes + size.value
}

/** A variable-length size at `offset`; its value is undefined when it says "unknown", as live recordings do. */
function ebmlSize(
  bytes: Uint8Array,
  offset: number,
): { bytes: number; value: number | undefined } | undefined {
  const first = bytes[offset]
  if (first === undefined || first === 0) return undefined
  const length = Math.clz32(first) - 23
  if (offset + length > bytes.byteLength) return undefined
  let value = first & (0xff >> length)
  let isUnknown = value === 0xff >> length
  for (const byte of bytes.subarray(offset + 1, offset + length)) {
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return { bytes: length, value: isUnknown ? undefined : value }
}

function view(bytes: Uint8Array): DataView {
  const padded = bytes.byteLength >= 16 ? bytes : Buffer.concat([bytes], 16)
  return new DataView(padded.buffer, padded.byteOffset, padded.byteLength)
}
