/** From here on a pixel belongs to a piece. */
const PART = 0.1
/** A piece of less than this share of the largest one is no person of its own. */
const LEAST_SHARE = 0.05

/** Clears the pieces of a mask that are small beside its largest one. */
export function dropSpecks(mask: Float32Array, width: number, height: number): void {
  const pieces = piecesOf(mask, width, height)
  const largest = Math.max(0, ...pieces.map(({ weight }) => weight))
  for (const { pixels, weight } of pieces) {
    if (weight >= LEAST_SHARE * largest) continue
    for (const at of pixels) mask[at] = 0
  }
}

/** The pixels that hang together by their sides, and the sum of each such piece. */
function piecesOf(mask: Float32Array, width: number, height: number) {
  const pieces: { pixels: Int32Array; weight: number }[] = []
  const isTaken = new Uint8Array(mask.length)
  const pixels = new Int32Array(mask.length)
  let end = 0
  const take = (at: number) => {
    if (isTaken[at] === 1 || (mask[at] ?? 0) < PART) return
    isTaken[at] = 1
    pixels[end] = at
    end += 1
  }
  for (let seed = 0; seed < mask.length; seed += 1) {
    const start = end
    take(seed)
    let weight = 0
    // The list grows while it is walked, until the piece has no more neighbours.
    for (let next = start; next < end; next += 1) {
      const at = pixels[next] ?? 0
      weight += mask[at] ?? 0
      if (at % width > 0) take(at - 1)
      if (at % width < width - 1) take(at + 1)
      if (at >= width) take(at - width)
      if (at < width * (height - 1)) take(at + width)
    }
    if (end > start) pieces.push({ pixels: pixels.subarray(start, end), weight })
  }
  return pieces
}
