import type { AlphaFindings } from '../alpha/alpha-judge.ts'
import { isRealAlpha, judgeAlphaFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { decodePlanes } from '../alpha/decode-planes.ts'
import { spreadIndexes } from '../alpha/spread.ts'
import { createWebpCanvas, drawingStarts } from '../alpha/webp-canvas.ts'
import type { ByteSource } from '../container/byte-source.ts'
import { openFileBytes } from '../container/byte-source.ts'
import type { WebpAnimation } from '../container/webp-animation.ts'
import { readWebpAnimation, stillWebp } from '../container/webp-animation.ts'
import type { InspectedMedia, InspectOptions } from './inspected-media.ts'

const SAMPLES = 5

/** Inspects an animated WebP, which ffmpeg before 8 reads only as single pictures. Undefined when it is a still. */
export async function inspectWebp(
  path: string,
  options: InspectOptions,
): Promise<InspectedMedia | undefined> {
  await using source = await openFileBytes(path)
  const animation = await readWebpAnimation(source)
  if (animation === undefined) return undefined
  const count = animation.frames.length
  const durationSeconds = animation.frames.reduce((sum, frame) => sum + frame.durationMs, 0) / 1_000
  const found = { durationSeconds, frames: count }
  const look = (targets: number[]): Promise<AlphaFindings> =>
    findAlpha(source, animation, targets, options.signal)
  if (!options.wantsAlpha) return { ...found, alpha: await look([0]) }
  const alpha = await look(spreadIndexes(count, SAMPLES))
  if (isRealAlpha(alpha) || count <= SAMPLES) return { ...found, alpha }
  return { ...found, alpha: await look(spreadIndexes(count, count)) }
}

async function findAlpha(
  source: ByteSource,
  animation: WebpAnimation,
  targets: number[],
  signal?: AbortSignal,
): Promise<AlphaFindings> {
  const { width, height, frames } = animation
  const needed = neededFrames(animation, targets)
  const findings = noAlphaFindings()
  const canvas = createWebpCanvas(animation)
  const wanted = new Set(targets)
  let position = 0
  const filter = `format=yuva444p,alphaextract,pad=${width}:${height}:0:0`
  const job = {
    args: ['-f', 'webp_pipe', '-i', 'pipe:0', '-vf', filter],
    planeBytes: width * height,
    input: stills(source, animation, needed),
    ...(signal && { signal }),
  }
  await decodePlanes(job, (plane) => {
    const { index, isFirst } = needed[position] ?? { index: 0, isFirst: false }
    const frame = frames[index]
    position += 1
    if (frame === undefined) return false
    if (isFirst) canvas.clear()
    canvas.draw(frame, plane)
    if (wanted.has(index)) judgeAlphaFrame(findings, canvas.plane)
    canvas.leave(frame)
    return true
  })
  return findings
}

interface NeededFrame {
  index: number
  /** The canvas is empty before. */
  isFirst: boolean
}

function neededFrames(animation: WebpAnimation, targets: number[]): NeededFrame[] {
  const starts = drawingStarts(animation)
  const indexes = new Set<number>()
  for (const target of targets) {
    for (let index = starts[target] ?? 0; index <= target; index += 1) indexes.add(index)
  }
  return [...indexes].toSorted((a, b) => a - b).map((index) => ({ index, isFirst: starts[index] === index }))
}

async function* stills(
  source: ByteSource,
  { frames }: WebpAnimation,
  needed: NeededFrame[],
): AsyncGenerator<Uint8Array> {
  for (const { index } of needed) {
    const frame = frames[index]
    if (frame) yield await stillWebp(source, frame)
  }
}
