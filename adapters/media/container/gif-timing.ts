import { createReadStream } from 'node:fs'

/** How players and ffmpeg read a delay too short to be meant, in hundredths of a second. */
const SHORTEST_DELAY = 2
const DELAY_INSTEAD = 10

/** Number of frames and total duration of a GIF, from its block structure alone. Source: GIF89a §15, §20, §23. */
export async function readGifTiming(path: string): Promise<{ frames: number; durationSeconds: number }> {
  const bytes = cursorOver(createReadStream(path, { highWaterMark: 1024 * 1024 }))
  await bytes.skip(10)
  await bytes.skip(2 + colorTableBytes(await bytes.next()))
  let frames = 0
  let hundredths = 0
  let delay = 0
  for (;;) {
    const block = await bytes.next()
    if (block === 0x2c) {
      await bytes.skip(8)
      await bytes.skip(colorTableBytes(await bytes.next()) + 1)
      await skipSubBlocks(bytes)
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
      // The trailer, or a cut: what is whole so far counts.
      return { frames, durationSeconds: hundredths / 100 }
    }
  }
}

interface Cursor {
  /** The next byte; 0 after the end. */
  next(): Promise<number>
  skip(bytes: number): Promise<void>
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
      if (position >= chunk.byteLength && !(await fill())) return 0
      const byte = chunk[position] ?? 0
      position += 1
      return byte
    },
    async skip(bytes) {
      position += bytes
    },
  }
}
