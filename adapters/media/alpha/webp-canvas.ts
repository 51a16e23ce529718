import type { WebpAnimation, WebpFrame } from '../container/webp-animation.ts'

/** The alpha plane of an animated WebP's canvas, one byte a pixel, as frames are drawn on it. */
export interface WebpCanvas {
  readonly plane: Uint8Array
  /** Draws a frame, given its own alpha plane: rows of the canvas's width, of which it fills the left. */
  draw(frame: WebpFrame, pixels: Uint8Array): void
  /** What remains after the frame's time on the canvas. */
  leave(frame: WebpFrame): void
  clear(): void
}

/** An empty, that is transparent, canvas. */
export function createWebpCanvas({ width, height }: WebpAnimation): WebpCanvas {
  const plane = new Uint8Array(width * height)
  return {
    plane,
    draw(frame, pixels) {
      for (const { from, to, length } of rows(frame, width, height)) {
        const drawn = pixels.subarray(from, from + length)
        if (frame.blends) blendRow(plane, to, drawn)
        else plane.set(drawn, to)
      }
    },
    leave(frame) {
      if (!frame.clears) return
      for (const { to, length } of rows(frame, width, height)) plane.fill(0, to, to + length)
    },
    clear: () => void plane.fill(0),
  }
}

/**
 * For each frame the one from which drawing must begin to know it: the last one before it that needs nothing
 * of its forerunners, because the canvas is empty by then or because it replaces all of it.
 */
export function drawingStarts({ width, height, frames }: WebpAnimation): number[] {
  const starts: number[] = []
  let isEmpty = true
  for (const [index, frame] of frames.entries()) {
    const coversAll = frame.x === 0 && frame.y === 0 && frame.width === width && frame.height === height
    const isFree = isEmpty || (coversAll && !frame.blends)
    starts.push(isFree ? index : (starts.at(-1) ?? 0))
    isEmpty = frame.clears && (isEmpty || coversAll)
  }
  return starts
}

function* rows(frame: WebpFrame, width: number, height: number) {
  const length = Math.min(frame.width, width - frame.x)
  const bottom = Math.min(frame.height, height - frame.y)
  for (let row = 0; row < bottom; row += 1)
    yield { from: row * width, to: (frame.y + row) * width + frame.x, length }
}

function blendRow(plane: Uint8Array, start: number, drawn: Uint8Array): void {
  for (const [index, opacity] of drawn.entries()) {
    const below = plane[start + index] ?? 0
    plane[start + index] = opacity + Math.round((below * (255 - opacity)) / 255)
  }
}
