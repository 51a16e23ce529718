import type { ByteSource } from './byte-source.ts'

/** Element ids of Matroska and WebM that we look at. Source: RFC 9559 §5. */
export const EBML = { header: 0x1a45dfa3, docType: 0x4282, segment: 0x18538067, cluster: 0x1f43b675 } as const

/** One element. Source: RFC 8794 §4. */
export interface EbmlElement {
  id: number
  start: number
  contentStart: number
  /** Where it says it ends, also beyond the end of the file; null where it says "unknown", as live recordings do. */
  endExclusive: number | null
}

const LONGEST_HEADER_BYTES = 12

/** The element that begins at an offset; undefined where there is none, or not all of its header. */
export async function readEbmlElement(source: ByteSource, start: number): Promise<EbmlElement | undefined> {
  const head = await source.read(start, start + LONGEST_HEADER_BYTES)
  const id = vint(head, 0, { keepsMarker: true })
  if (id === undefined || id.bytes > 4) return undefined
  const size = vint(head, id.bytes, { keepsMarker: false })
  if (size === undefined) return undefined
  const contentStart = start + id.bytes + size.bytes
  return {
    id: id.value,
    start,
    contentStart,
    endExclusive: size.isUnknown ? null : contentStart + size.value,
  }
}

/** What an EBML file calls itself: `webm`, `matroska`; undefined for anything else. */
export async function ebmlDocType(source: ByteSource): Promise<string | undefined> {
  const header = await readEbmlElement(source, 0)
  if (header?.id !== EBML.header || header.endExclusive === null) return undefined
  for (let position = header.contentStart; position < header.endExclusive; ) {
    const element = await readEbmlElement(source, position)
    if (element === undefined || element.endExclusive === null) return undefined
    if (element.id === EBML.docType) {
      const text = Buffer.from(await source.read(element.contentStart, element.endExclusive))
      return text.toString('latin1').replace(/\0+$/, '')
    }
    position = element.endExclusive
  }
  return undefined
}

interface Vint {
  bytes: number
  value: number
  isUnknown: boolean
}

/** A variable-length number; ids keep the bit that marks their length, sizes do not. */
function vint(
  bytes: Uint8Array,
  offset: number,
  { keepsMarker }: { keepsMarker: boolean },
): Vint | undefined {
  const first = bytes[offset]
  if (first === undefined || first === 0) return undefined
  const length = Math.clz32(first) - 23
  if (offset + length > bytes.byteLength) return undefined
  const mask = 0xff >> length
  let value = keepsMarker ? first : first & mask
  let isUnknown = (first & mask) === mask
  for (const byte of bytes.subarray(offset + 1, offset + length)) {
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return { bytes: length, value, isUnknown }
}
