import { createReadStream } from 'node:fs'

/** How players and ffmpeg read a delay too short to be meant, in hundredths of a second. */
const SHORTEST_DELAY = 2
const DELAY_INSTEAD = 10

/** What a GIF's block structure tells, without its pictures. */
export interface GifTiming {
  frames: number
  durationSeconds: number
  /** It breaks off within a block. A trailer that is missing behind the last one is none. */
  isCut: boolean
}

/** Number of frames and total duration of a GIF. Source: GIF89a §15, §20, §23. */
export async function readGifTiming(path: string): Promise<GifTiming> {
  const bytes = cursorOver(createReadStream(path, { highWaterMark: 1024 * 1024 }))
  await bytes.skip(10)
  await bytes.skip(2 + colorTableBytes(await bytes.next()))
  let frames = 0
  let hundredths = 0
  let delay = 0
  for (;;) {
    // Where a block would begin the file may end.
    const isOver = await bytes.isAtEnd()
    const block = await bytes.next()
    if (block === 0x2c) {
      await bytes.skip(8)
      await bytes.skip(colorTableBytes(await bytes.next()) + 1)
      await skipSubBlocks(bytes)
      if (await bytes.isCut()) return { frames, durationSeconds: hundredths / 100, isCut: true }
      frames += 1
      hundredths += delay < SHORTEST_DELAY ? DELAY_INSTEAD : delay
    } else if (block === 0x21 && (await bytes.next()) === 0xf9) {
      await bytes.skip(2)
      delay = (await bytes.next()) + 256 * (await bytes.next())
      await bytes.skip(1)
      await skipSubBlocks(bytes)
    } else if (block === 0x21) {
      await skipSubBlocks(bytes)
    } else {
      // The trailer, or whatever else stands where a block should: what is whole so far counts.
      return { frames, durationSeconds: hundredths / 100, isCut: !isOver && (await bytes.isCut()) }
    }
  }
}

interface Cursor {
  /** The next byte; 0 after the end. */
  next(): Promise<number>
  skip(bytes: number): Promise<void>
  /** Nothing is left, and nothing was missing. */
  isAtEnd(): Promise<boolean>
  /** More was asked for than there was. */
  isCut(): Promise<boolean>
}

function colorTableBytes(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0
}

async function skipSubBlocks(bytes: Cursor): Promise<void> {
  for (let length = await bytes.next(); length > 0; length = await bytes.next()) await bytes.skip(length)
}

function cursorOver(stream: AsyncIterable<Buffer>): Cursor {
  const chunks = stream[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array()
  let position = 0
  async function fill(): Promise<boolean> {
    while (position >= chunk.byteLength) {
      const next = await chunks.next()
      if (next.done) return false
      position -= chunk.byteLength
      chunk = next.value
    }
    return true
  }
  return {
    async next() {
      if (position >= chunk.byteLength && !(await fill())) {
        position += 1
        return 0
      }
      const byte = chunk[position] ?? 0
      position += 1
      return byte
    },
    async skip(bytes) {
      position += bytes
    },
    isAtEnd: async () => !(await fill()) && position === chunk.byteLength,
    isCut: async () => !(await fill()) && position > chunk.byteLength,
  }
}
