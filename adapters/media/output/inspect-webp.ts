import type { AlphaFindings } from '../alpha/alpha-judge.ts'
import { isEnoughAlpha, isSampleReal, judgeFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { ALPHA_FILTER, decodeAlpha, widenRange } from '../alpha/decode-alpha.ts'
import { decodePlanes } from '../alpha/decode-planes.ts'
import { spreadIndexes } from '../alpha/spread.ts'
import { createWebpCanvas, drawingStarts } from '../alpha/webp-canvas.ts'
import type { ByteSource } from '../container/byte-source.ts'
import { openFileBytes } from '../container/byte-source.ts'
import { findCut } from '../container/find-cut.ts'
import type { WebpAnimation } from '../container/webp-animation.ts'
import { readWebpAnimation, stillWebp } from '../container/webp-animation.ts'
import type { Incomplete, InspectedMedia, InspectOptions } from './inspected-media.ts'

const SAMPLES = 5

/** Inspects a WebP. ffmpeg before 8 reads an animated one only as single pictures; one picture is a video of one frame. */
export async function inspectWebp(
  path: string,
  options: InspectOptions,
): Promise<InspectedMedia | Incomplete> {
  await using source = await openFileBytes(path)
  const declared = await findCut('riff', source)
  if (declared !== undefined)
    return { incomplete: `it says it has ${declared} bytes but has ${source.sizeBytes}` }
  const animation = await readWebpAnimation(source)
  if (animation === undefined) return await inspectStill(path, options)
  const count = animation.frames.length
  const durationSeconds = animation.frames.reduce((sum, frame) => sum + frame.durationMs, 0) / 1_000
  const framesPerSecond = durationSeconds > 0 ? count / durationSeconds : null
  const found = { durationSeconds, framesPerSecond, frames: count, warnings: [] }
  const look = (targets: number[], enough: (findings: AlphaFindings) => boolean): Promise<AlphaFindings> =>
    findAlpha(source, animation, targets, enough, options.signal)
  if (!options.wantsAlpha) {
    const first = await look([0], () => true)
    return { ...found, alpha: first.frames > 0 ? first : await look(spreadIndexes(count, count), () => true) }
  }
  const sample = await look(spreadIndexes(count, SAMPLES), () => false)
  if (isSampleReal(sample) || (count <= SAMPLES && sample.frames === count))
    return { ...found, alpha: sample }
  const alpha = await look(spreadIndexes(count, count), (findings) => isEnoughAlpha(findings, count))
  return { ...found, alpha }
}

async function inspectStill(path: string, { signal }: InspectOptions): Promise<InspectedMedia> {
  const alpha = noAlphaFindings()
  const args = ['-f', 'webp_pipe', '-i', `file:${path}`, '-vf', ALPHA_FILTER]
  await decodeAlpha({ args, ...(signal && { signal }) }, (range) => {
    judgeFrame(alpha, range)
    return false
  })
  return { durationSeconds: null, framesPerSecond: null, frames: alpha.frames, alpha, warnings: [] }
}

async function findAlpha(
  source: ByteSource,
  animation: WebpAnimation,
  targets: number[],
  enough: (findings: AlphaFindings) => boolean,
  signal?: AbortSignal,
): Promise<AlphaFindings> {
  const { width, height, frames } = animation
  const needed = neededFrames(animation, targets)
  const findings = noAlphaFindings()
  const canvas = createWebpCanvas(animation)
  const wanted = new Set(targets)
  const plane = new Uint8Array(width * height)
  let filled = 0
  let position = 0
  const job = {
    args: ['-f', 'webp_pipe', '-i', 'pipe:0', '-vf', `${ALPHA_FILTER},pad=${width}:${height}:0:0`],
    input: stills(source, animation, needed),
    ...(signal && { signal }),
  }
  await decodePlanes(job, {
    begin() {
      filled = 0
    },
    piece(bytes) {
      plane.set(bytes.subarray(0, plane.byteLength - filled), filled)
      filled += bytes.byteLength
    },
    end() {
      const { index, isFirst } = needed[position] ?? { index: 0, isFirst: false }
      const frame = frames[index]
      position += 1
      if (frame === undefined) return false
      if (isFirst) canvas.clear()
      canvas.draw(frame, plane)
      if (wanted.has(index)) {
        const range = { least: 255, most: 0 }
        widenRange(range, canvas.plane)
        judgeFrame(findings, range)
      }
      canvas.leave(frame)
      return !enough(findings)
    },
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
