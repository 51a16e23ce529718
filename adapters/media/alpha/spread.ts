/** Up to `wanted` of the indexes 0 to `count - 1`, evenly spread, each from the middle of its part. */
export function spreadIndexes(count: number, wanted: number): number[] {
  if (count <= wanted) return Array.from({ length: count }, (_, index) => index)
  return Array.from({ length: wanted }, (_, index) => Math.floor(((index + 0.5) * count) / wanted))
}
