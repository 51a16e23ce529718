/** Writes into `means` the mean of the square window around each pixel; at the border, of what lies in the picture. */
export type BoxMean = (plane: Float32Array, means: Float32Array) => void

/** For planes of this size; in time that does not depend on the radius. `plane` and `means` may be the same. */
export function createBoxMean(width: number, height: number, radius: number): BoxMean {
  const rows = new Float32Array(width * height)
  const sums = new Float32Array(width)
  const shareOf = (length: number) =>
    Float32Array.from(
      { length },
      (_, at) => 1 / (Math.min(at + radius, length - 1) - Math.max(at - radius, 0) + 1),
    )
  const [across, down] = [shareOf(width), shareOf(height)]
  return (plane, means) => {
    for (let y = 0; y < height; y += 1) meanOfRow(plane, rows, y * width, across, radius)
    sums.fill(0)
    for (let y = 0; y < Math.min(radius, height); y += 1) addRow(sums, rows, y * width, 1)
    for (let y = 0; y < height; y += 1) {
      if (y + radius < height) addRow(sums, rows, (y + radius) * width, 1)
      if (y > radius) addRow(sums, rows, (y - radius - 1) * width, -1)
      const share = down[y] ?? 0
      for (let x = 0, at = y * width; x < width; x += 1, at += 1) means[at] = (sums[x] ?? 0) * share
    }
  }
}

function meanOfRow(
  plane: Float32Array,
  rows: Float32Array,
  start: number,
  shares: Float32Array,
  radius: number,
) {
  const width = shares.length
  let sum = 0
  for (let x = 0; x < Math.min(radius, width); x += 1) sum += plane[start + x] ?? 0
  for (let x = 0; x < width; x += 1) {
    if (x + radius < width) sum += plane[start + x + radius] ?? 0
    if (x > radius) sum -= plane[start + x - radius - 1] ?? 0
    rows[start + x] = sum * (shares[x] ?? 0)
  }
}

function addRow(sums: Float32Array, rows: Float32Array, start: number, sign: 1 | -1): void {
  for (let x = 0; x < sums.length; x += 1) sums[x] = (sums[x] ?? 0) + sign * (rows[start + x] ?? 0)
}
