import { createBoxMean } from './box-mean.ts'
import type { Planes } from './shrink-picture.ts'

/** Around each pixel, the mean colour of what is in front and of what is behind. */
export interface EdgeColours {
  front: Planes
  back: Planes
}

/** The answer is overwritten by the next call. Source: Forte, "Approximate Fast Foreground Colour Estimation", 2021. */
export function createEdgeColours(
  width: number,
  height: number,
  radius: number,
): (picture: Planes, alpha: Float32Array) => EdgeColours {
  const mean = createBoxMean(width, height, radius)
  const size = width * height
  const plane = () => new Float32Array(size)
  const planes = (): Planes => ({ red: plane(), green: plane(), blue: plane() })
  const [share, shares, front, back] = [plane(), plane(), planes(), planes()]
  const average = (picture: Planes, means: Planes) => {
    mean(share, shares)
    for (const name of ['red', 'green', 'blue'] as const) {
      const [colour, into] = [picture[name], means[name]]
      for (let at = 0; at < size; at += 1) into[at] = (colour[at] ?? 0) * (share[at] ?? 0)
      mean(into, into)
      for (let at = 0; at < size; at += 1) into[at] = (into[at] ?? 0) / ((shares[at] ?? 0) + 1e-4)
    }
  }
  return (picture, alpha) => {
    for (let at = 0; at < size; at += 1) share[at] = alpha[at] ?? 0
    average(picture, front)
    for (let at = 0; at < size; at += 1) share[at] = 1 - (alpha[at] ?? 0)
    average(picture, back)
    return { front, back }
  }
}
