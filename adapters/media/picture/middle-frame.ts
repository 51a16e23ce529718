import { readFile } from 'node:fs/promises'
import type { OutputFormat } from '../../../domain/request-values.ts'
import { drawingStarts } from '../alpha/webp-canvas.ts'
import { openFileBytes } from '../container/byte-source.ts'
import { openPngZip } from '../container/png-entries.ts'
import { readTracks } from '../container/read-tracks.ts'
import { readWebpAnimation, stillWebp } from '../container/webp-animation.ts'

/** Where one frame comes from: ffmpeg's input arguments, a filter that comes before all others, and stdin. */
export interface FrameSource {
  args: string[]
  filter?: string
  input?: Uint8Array[]
}

/** One frame, with its alpha, from the middle of a verified output. */
export async function middleFrame(path: string, format: OutputFormat): Promise<FrameSource> {
  if (format === 'webp') return await middleOfWebp(path)
  if (format === 'png_sequence') return await middleOfPngs(path)
  // A GIF cannot be entered in the middle, so the frame that differs most from its neighbours is taken.
  if (format === 'gif') return { args: ['-i', `file:${path}`], filter: 'thumbnail=50,' }
  await using source = await openFileBytes(path)
  const tracks = await readTracks(source)
  const decoder = { vp8: 'libvpx', vp9: 'libvpx-vp9' }[tracks?.video?.codec ?? '']
  const middle = ((tracks?.measuredSeconds ?? 0) / 2).toFixed(3)
  return { args: ['-ss', middle, ...(decoder ? ['-c:v', decoder] : []), '-i', `file:${path}`] }
}

async function middleOfWebp(path: string): Promise<FrameSource> {
  await using source = await openFileBytes(path)
  const animation = await readWebpAnimation(source)
  if (animation === undefined)
    return { args: ['-f', 'webp_pipe', '-i', 'pipe:0'], input: [await readFile(path)] }
  // A frame that needs no others shows the whole picture by itself.
  const index = drawingStarts(animation)[Math.floor(animation.frames.length / 2)] ?? 0
  const frame = animation.frames[index]
  if (frame === undefined) throw new RangeError(`frame ${index} of ${path}`)
  const { width, height } = animation
  return {
    args: ['-f', 'webp_pipe', '-i', 'pipe:0'],
    filter: `format=rgba,pad=${width}:${height}:${frame.x}:${frame.y}:color=black@0,`,
    input: [await stillWebp(source, frame)],
  }
}

async function middleOfPngs(path: string): Promise<FrameSource> {
  const opened = await openPngZip(path)
  if ('damage' in opened) throw new RangeError(`${path}: ${opened.damage}`)
  const { zip, pictures } = opened
  try {
    const entry = pictures[Math.floor(pictures.length / 2)]
    if (entry === undefined) throw new RangeError(`${path} holds no PNG`)
    const parts: Buffer[] = []
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer)
    return { args: ['-f', 'png_pipe', '-i', 'pipe:0'], input: parts }
  } finally {
    zip.close()
  }
}
