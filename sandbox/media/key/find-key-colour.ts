import type { Rgb } from '../../state/vendor-job.ts'
import type { Tools } from '../run-tool.ts'
import { runTool } from '../run-tool.ts'

const SIDE = 32
const CORNER = 4
const TOLERANCE = 24

/** The colour of a green or blue screen: all corners of the first frames agree on it. Else null. */
export async function findKeyColour(input: string, tools: Tools): Promise<Rgb | null> {
  const args = ['-v', 'error', '-threads', '1', '-i', input, '-frames:v', '3', '-an']
  const scale = ['-vf', `scale=${SIDE}:${SIDE}:flags=area`, '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-']
  const pixels = await runTool(tools.ffmpegPath, [...args, ...scale], tools.signal)
  const corners = cornerPixels(pixels)
  if (corners.length === 0) return null
  const mean = [0, 1, 2].map((channel) => average(corners.map((pixel) => pixel[channel] ?? 0)))
  const [red = 0, green = 0, blue = 0] = mean
  const agree = corners.every((pixel) =>
    pixel.every((value, channel) => Math.abs(value - (mean[channel] ?? 0)) <= TOLERANCE),
  )
  const greenish = green > red + 40 && green > blue + 40
  const blueish = blue > red + 60 && blue > green + 40
  return agree && (greenish || blueish) ? [Math.round(red), Math.round(green), Math.round(blue)] : null
}

function cornerPixels(frames: Buffer): number[][] {
  const pixels: number[][] = []
  const isEdge = (at: number) => at < CORNER || at >= SIDE - CORNER
  for (let offset = 0; offset + 2 < frames.length; offset += 3) {
    const index = (offset / 3) % (SIDE * SIDE)
    if (isEdge(index % SIDE) && isEdge(Math.floor(index / SIDE))) {
      pixels.push([...frames.subarray(offset, offset + 3)])
    }
  }
  return pixels
}

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
