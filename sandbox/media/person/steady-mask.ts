// The mean change of brightness between two frames of one shot stays well below this.
const CUT = 0.14
const REMEMBERED = 0.75
// A pixel whose brightness changed by so much shows something else than before.
const MOVED = 0.12

/**
 * Keeps a mask of so many pixels from flickering: where it is uncertain and the picture stands still, the last one has
 * a say. A cut to another scene forgets. The answer is overwritten by the next call.
 */
export function createSteadyMask(
  pixels: number,
): (mask: Float32Array, brightness: Float32Array) => Float32Array {
  const steady = new Float32Array(pixels)
  const brightnessBefore = new Float32Array(pixels)
  let isFirst = true
  return (mask, brightness) => {
    const isNew = isFirst || isCut(brightnessBefore, brightness)
    for (let at = 0; at < pixels; at += 1) {
      const now = mask[at] ?? 0
      const doubt = 1 - (2 * now - 1) ** 2
      const moved = Math.abs((brightness[at] ?? 0) - (brightnessBefore[at] ?? 0)) / MOVED
      const share = isNew ? 0 : REMEMBERED * doubt * Math.max(0, 1 - moved)
      steady[at] = now + share * ((steady[at] ?? 0) - now)
    }
    brightnessBefore.set(brightness)
    isFirst = false
    return steady
  }
}

function isCut(before: Float32Array, now: Float32Array): boolean {
  let change = 0
  for (let at = 0; at < now.length; at += 1) change += Math.abs((now[at] ?? 0) - (before[at] ?? 0))
  return change / now.length > CUT
}
