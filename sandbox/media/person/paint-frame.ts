import type { EdgeColours } from './edge-colours.ts'
import type { LinearAlpha } from './guided-filter.ts'
import type { Size } from './shrink-picture.ts'

/** What is known of a frame at the model's size. */
export interface SmallMatte {
  size: Size
  alpha: Float32Array
  linear: LinearAlpha
  colours: EdgeColours
}

const SOLID = 0.995
const CLEAR = 0.005
/** Four coefficients of the alpha, three colours in front, three behind. */
const VALUES = 10

/**
 * Paints RGBA pixels at full size: the person as it is, its edges without the colour of what was behind. Most pixels
 * lie between small ones that are all solid or all clear, and need no arithmetic.
 */
export function paintFrame(
  rgb: Uint8Array,
  { width, height }: Size,
  small: SmallMatte,
  rgba: Uint8Array,
): void {
  const { size, alpha } = small
  const values = [small.linear.red, small.linear.green, small.linear.blue, small.linear.constant]
  const { front, back } = small.colours
  values.push(front.red, front.green, front.blue, back.red, back.green, back.blue)
  const [columns, rows] = [spans(width, size.width), spans(height, size.height)]
  const now = new Float32Array(VALUES)
  const step = new Float32Array(VALUES)
  rgba.fill(0)
  for (const row of rows) {
    for (const column of columns) {
      const a = row.first * size.width + column.first
      const b = row.first * size.width + column.second
      const c = row.second * size.width + column.first
      const d = row.second * size.width + column.second
      const least = Math.min(alpha[a] ?? 0, alpha[b] ?? 0, alpha[c] ?? 0, alpha[d] ?? 0)
      const most = Math.max(alpha[a] ?? 0, alpha[b] ?? 0, alpha[c] ?? 0, alpha[d] ?? 0)
      if (most < CLEAR) continue
      for (let y = row.start; y < row.end; y += 1) {
        const start = y * width + column.start
        const end = y * width + column.end
        if (least > SOLID) {
          copy(rgb, rgba, start, end)
          continue
        }
        const down = (y - row.start) * row.step + row.share
        for (let value = 0; value < VALUES; value += 1) {
          const plane = values[value] as Float32Array
          const left = (plane[a] ?? 0) * (1 - down) + (plane[c] ?? 0) * down
          const right = (plane[b] ?? 0) * (1 - down) + (plane[d] ?? 0) * down
          now[value] = left + (right - left) * column.share
          step[value] = (right - left) * column.step
        }
        paintEdge(rgb, rgba, start, end, now, step)
      }
    }
  }
}

function copy(rgb: Uint8Array, rgba: Uint8Array, start: number, end: number): void {
  for (let at = start, from = 3 * start, to = 4 * start; at < end; at += 1, from += 3, to += 4) {
    rgba[to] = rgb[from] ?? 0
    rgba[to + 1] = rgb[from + 1] ?? 0
    rgba[to + 2] = rgb[from + 2] ?? 0
    rgba[to + 3] = 255
  }
}

/** A run of pixels along which every value changes evenly. */
function paintEdge(
  rgb: Uint8Array,
  rgba: Uint8Array,
  start: number,
  end: number,
  now: Float32Array,
  step: Float32Array,
): void {
  for (let at = start, from = 3 * start, to = 4 * start; at < end; at += 1, from += 3, to += 4) {
    const red = (rgb[from] ?? 0) / 255
    const green = (rgb[from + 1] ?? 0) / 255
    const blue = (rgb[from + 2] ?? 0) / 255
    const share = firm((now[0] ?? 0) * red + (now[1] ?? 0) * green + (now[2] ?? 0) * blue + (now[3] ?? 0))
    const rest = 1 - share
    const [f0, f1, f2] = [now[4] ?? 0, now[5] ?? 0, now[6] ?? 0]
    rgba[to] = byte(f0 + share * (red - share * f0 - rest * (now[7] ?? 0)))
    rgba[to + 1] = byte(f1 + share * (green - share * f1 - rest * (now[8] ?? 0)))
    rgba[to + 2] = byte(f2 + share * (blue - share * f2 - rest * (now[9] ?? 0)))
    rgba[to + 3] = byte(share)
    for (let value = 0; value < VALUES; value += 1) now[value] = (now[value] ?? 0) + (step[value] ?? 0)
  }
}

/** A filtered mask never quite reaches its ends; what is nearly solid is, and what is nearly clear too. */
export function firm(value: number): number {
  const share = (value - 0.12) / 0.76
  return share < 0 ? 0 : share > 1 ? 1 : share
}

function byte(share: number): number {
  return share <= 0 ? 0 : share >= 1 ? 255 : (share * 255 + 0.5) | 0
}

/** A run of large pixels that lie between the same two small ones, and how far the first of them is from the first. */
interface Span {
  start: number
  end: number
  first: number
  second: number
  share: number
  step: number
}

function spans(large: number, small: number): Span[] {
  const found: Span[] = []
  for (let at = 0; at < large; at += 1) {
    const place = Math.min(small - 1, Math.max(0, ((at + 0.5) * small) / large - 0.5))
    const first = Math.floor(place)
    const last = found.at(-1)
    const isHeld = place === 0 || place === small - 1
    const step = isHeld ? 0 : small / large
    if (last !== undefined && last.first === first && last.step === step) last.end = at + 1
    else
      found.push({
        start: at,
        end: at + 1,
        first,
        second: Math.min(small - 1, first + 1),
        share: place - first,
        step,
      })
  }
  return found
}
