/** How well an alpha covers the known one: the pixels in both over the pixels in either, of all frames together. */
export function overlap(found: readonly Uint8Array[], known: readonly Uint8Array[]): number {
  let both = 0
  let either = 0
  for (const [index, alpha] of found.entries()) {
    for (const [at, value] of alpha.entries()) {
      const isFound = value > 127
      const isKnown = (known[index]?.[at] ?? 0) > 127
      if (isFound && isKnown) both += 1
      if (isFound || isKnown) either += 1
    }
  }
  return both / either
}
