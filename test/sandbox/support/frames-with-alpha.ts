import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runFfmpeg } from './run-ffmpeg.ts'

const SIDE = 32

/** Alpha of every decoded frame, 32×32 samples from 0 to 255. */
export async function framesWithAlpha(format: string, bytes: Buffer, folder: string): Promise<Buffer[]> {
  if (format === 'webp') return composed(bytes, folder)
  if (format === 'png_sequence') {
    const frames: Buffer[] = []
    for (const png of pngFrames(bytes)) frames.push(...(await decoded(png, 'png', folder)))
    return frames
  }
  return decoded(bytes, format, folder)
}

async function decoded(bytes: Buffer, format: string, folder: string, size = { width: SIDE, height: SIDE }) {
  const path = join(folder, `decoded.${format}`)
  await writeFile(path, bytes)
  const { width, height } = size
  const decoder = format === 'webm' ? ['-c:v', 'libvpx-vp9'] : []
  const filter = `format=rgba,alphaextract,scale=${width}:${height}:flags=neighbor,format=gray`
  const raw = await runFfmpeg([...decoder, '-i', path, '-an', '-vf', filter, '-f', 'rawvideo', '-'])
  return Array.from({ length: raw.length / (width * height) }, (_, index) =>
    raw.subarray(index * width * height, (index + 1) * width * height),
  )
}

/** The stored members of a zip that are PNGs, cut out by their first and last bytes. */
function pngFrames(zip: Buffer): Buffer[] {
  const frames: Buffer[] = []
  const end = Buffer.from('IEND')
  for (let at = zip.indexOf('\x89PNG', 0, 'latin1'); at >= 0; ) {
    const last = zip.indexOf(end, at) + 8
    frames.push(zip.subarray(at, last))
    at = zip.indexOf('\x89PNG', last, 'latin1')
  }
  return frames
}

type Piece = { x: number; y: number; width: number; height: number; flags: number; file: Buffer }

/** An animated WebP stores what changed: its pieces are laid over one another. ffmpeg 5 reads no animated ones. */
async function composed(webp: Buffer, folder: string): Promise<Buffer[]> {
  const canvas = { width: 1 + webp.readUIntLE(24, 3), height: 1 + webp.readUIntLE(27, 3) }
  const alphas = Buffer.alloc(canvas.width * canvas.height)
  const shown: Buffer[] = []
  for (const { x, y, width, height, flags, file } of webpPieces(webp)) {
    const [alpha = Buffer.alloc(0)] = await decoded(file, 'webp', folder, { width, height })
    const at = (index: number) => (y + Math.floor(index / width)) * canvas.width + x + (index % width)
    for (const [index, above] of alpha.entries()) {
      const below = (flags & 2) === 0 ? (alphas[at(index)] ?? 0) : 0
      alphas[at(index)] = above + Math.round((below * (255 - above)) / 255)
    }
    shown.push(
      Buffer.from(
        Array.from({ length: SIDE ** 2 }, (_, index) => {
          const row = Math.floor((Math.floor(index / SIDE) * canvas.height) / SIDE)
          return alphas[row * canvas.width + Math.floor(((index % SIDE) * canvas.width) / SIDE)] ?? 0
        }),
      ),
    )
    if ((flags & 1) === 1) for (const index of alpha.keys()) alphas[at(index)] = 0
  }
  return shown
}

/** Each piece as a file of its own. */
function webpPieces(webp: Buffer): Piece[] {
  const pieces: Piece[] = []
  for (let at = 12; at + 8 <= webp.length; ) {
    const size = webp.readUInt32LE(at + 4)
    if (webp.toString('latin1', at, at + 4) === 'ANMF') {
      const field = (offset: number) => webp.readUIntLE(at + 8 + offset, 3)
      const header = Buffer.alloc(18)
      header.write('VP8X')
      header.writeUInt32LE(10, 4)
      header[8] = 0x10
      webp.copy(header, 12, at + 14, at + 20)
      const body = Buffer.concat([Buffer.from('WEBP'), header, webp.subarray(at + 24, at + 8 + size)])
      const riff = Buffer.alloc(8)
      riff.write('RIFF')
      riff.writeUInt32LE(body.length, 4)
      pieces.push({
        x: 2 * field(0),
        y: 2 * field(3),
        width: 1 + field(6),
        height: 1 + field(9),
        flags: webp[at + 23] ?? 0,
        file: Buffer.concat([riff, body]),
      })
    }
    at += 8 + size + (size % 2)
  }
  return pieces
}

/** How many frames have pixels below 10 % and above 90 % opacity. */
export function parted(frames: Buffer[]): number {
  return frames.filter((frame) => frame.some((alpha) => alpha < 25) && frame.some((alpha) => alpha > 230))
    .length
}
