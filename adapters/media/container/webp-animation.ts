import type { ByteSource } from './byte-source.ts'

/** One frame of an animated WebP: its place on the canvas and what it does to it. Source: RFC 9649 §2.7.1. */
export interface WebpFrame {
  x: number
  y: number
  width: number
  height: number
  durationMs: number
  /** Whether it is laid over what is there; else it replaces it in its rectangle. */
  blends: boolean
  /** Whether its rectangle is emptied after it was shown. */
  clears: boolean
  /** Where its chunks lie in the file: ALPH, VP8, VP8L. */
  start: number
  endExclusive: number
}

export interface WebpAnimation {
  width: number
  height: number
  frames: WebpFrame[]
}

/** Reads the frame table of an animated WebP; undefined for a still picture or a broken file. */
export async function readWebpAnimation(source: ByteSource): Promise<WebpAnimation | undefined> {
  const end = source.sizeBytes ?? 0
  let canvas: { width: number; height: number } | undefined
  const frames: WebpFrame[] = []
  for (let position = 12; position + 8 <= end; ) {
    const head = Buffer.from(await source.read(position, position + 24))
    const name = head.toString('latin1', 0, 4)
    const bytes = head.readUInt32LE(4)
    const next = position + 8 + bytes
    if (name === 'VP8X' && head.byteLength >= 18) {
      canvas = { width: 1 + head.readUIntLE(12, 3), height: 1 + head.readUIntLE(15, 3) }
    }
    if (name === 'ANMF' && head.byteLength === 24 && next <= end)
      frames.push(frameFrom(head, position + 24, next))
    position = next + (bytes % 2)
  }
  return canvas === undefined || frames.length === 0 ? undefined : { ...canvas, frames }
}

function frameFrom(head: Buffer, start: number, endExclusive: number): WebpFrame {
  const flags = head[23] ?? 0
  return {
    x: 2 * head.readUIntLE(8, 3),
    y: 2 * head.readUIntLE(11, 3),
    width: 1 + head.readUIntLE(14, 3),
    height: 1 + head.readUIntLE(17, 3),
    durationMs: head.readUIntLE(20, 3),
    blends: (flags & 2) === 0,
    clears: (flags & 1) === 1,
    start,
    endExclusive,
  }
}

/** A frame as a picture of its own. */
export async function stillWebp(source: ByteSource, frame: WebpFrame): Promise<Uint8Array> {
  const chunks = await source.read(frame.start, frame.endExclusive)
  const head = Buffer.alloc(30)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(22 + chunks.byteLength, 4)
  head.write('WEBPVP8X', 8, 'latin1')
  head.writeUInt32LE(10, 16)
  // "Has alpha": decoders look for the alpha chunk only then, and do not mind when there is none.
  head[20] = 0x10
  head.writeUIntLE(frame.width - 1, 24, 3)
  head.writeUIntLE(frame.height - 1, 27, 3)
  return Buffer.concat([head, chunks])
}
