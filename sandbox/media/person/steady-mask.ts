// The mean change of brightness between two frames of one shot stays well below this.
const CUT = 0.14
const REMEMBERED = 0.75
// A pixel whose brightness changed by so much shows something else than before.
const MOVED = 0.12

/** Keeps a mask from flickering: where it is uncertain and the picture stands still, the last one has a say. */
export function createSteadyMask(): (mask: Float32Array, brightness: Float32Array) => Float32Array {
  let before: { mask: Float32Array; brightness: Float32Array } | undefined
  return (mask, brightness) => {
    const last = before !== undefined && !isCut(before.brightness, brightness) ? before : undefined
    const steady = last === undefined ? mask : blended(mask, brightness, last)
    before = { mask: steady, brightness }
    return steady
  }
}

function blended(
  mask: Float32Array,
  brightness: Float32Array,
  last: { mask: Float32Array; brightness: Float32Array },
): Float32Array {
  const steady = new Float32Array(mask.length)
  for (let at = 0; at < mask.length; at += 1) {
    const now = mask[at] ?? 0
    const doubt = 1 - (2 * now - 1) ** 2
    const moved = Math.abs((brightness[at] ?? 0) - (last.brightness[at] ?? 0)) / MOVED
    const share = REMEMBERED * doubt * Math.max(0, 1 - moved)
    steady[at] = now + share * ((last.mask[at] ?? 0) - now)
  }
  return steady
}

function isCut(before: Float32Array, now: Float32Array): boolean {
  let change = 0
  for (let at = 0; at < now.length; at += 1) change += Math.abs((now[at] ?? 0) - (before[at] ?? 0))
  return change / now.length > CUT
}
