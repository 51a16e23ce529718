import { createBoxMean } from './box-mean.ts'
import type { Planes } from './shrink-picture.ts'

/** An alpha that is a linear function of the picture's colour: `red·r + green·g + blue·b + constant`, pixel by pixel. */
export interface LinearAlpha {
  red: Float32Array
  green: Float32Array
  blue: Float32Array
  constant: Float32Array
}

/**
 * Fits masks to the edges of their picture: in each window the alpha becomes the linear function of the colour that is
 * nearest to the mask. The functions hold at any resolution, so that a small mask gives an alpha for a large picture.
 * Colours lie between 0 and 1; edges of less contrast than about the root of `epsilon` are taken for texture.
 * All is overwritten by the next call. Source: He, Sun and Tang, "Guided Image Filtering", 2010.
 */
export function createGuidedFilter(
  width: number,
  height: number,
  { radius, epsilon }: { radius: number; epsilon: number },
): (picture: Planes) => (mask: Float32Array) => LinearAlpha {
  const mean = createBoxMean(width, height, radius)
  const size = width * height
  const plane = () => new Float32Array(size)
  const [meanR, meanG, meanB, meanP] = [plane(), plane(), plane(), plane()]
  const [rr, rg, rb, gg, gb, bb] = [plane(), plane(), plane(), plane(), plane(), plane()]
  const [red, green, blue, constant] = [plane(), plane(), plane(), plane()]
  const meanProduct = (one: Float32Array, other: Float32Array, means: Float32Array) => {
    for (let at = 0; at < size; at += 1) means[at] = (one[at] ?? 0) * (other[at] ?? 0)
    mean(means, means)
  }

  /** From the means of the colours' products to the inverse of their covariance, which is symmetric, in place. */
  const invert = () => {
    for (let at = 0; at < size; at += 1) {
      const mr = meanR[at] ?? 0
      const mg = meanG[at] ?? 0
      const mb = meanB[at] ?? 0
      const c00 = (rr[at] ?? 0) - mr * mr + epsilon
      const c01 = (rg[at] ?? 0) - mr * mg
      const c02 = (rb[at] ?? 0) - mr * mb
      const c11 = (gg[at] ?? 0) - mg * mg + epsilon
      const c12 = (gb[at] ?? 0) - mg * mb
      const c22 = (bb[at] ?? 0) - mb * mb + epsilon
      const i00 = c11 * c22 - c12 * c12
      const i01 = c02 * c12 - c01 * c22
      const i02 = c01 * c12 - c02 * c11
      const scale = 1 / (c00 * i00 + c01 * i01 + c02 * i02)
      rr[at] = i00 * scale
      rg[at] = i01 * scale
      rb[at] = i02 * scale
      gg[at] = (c00 * c22 - c02 * c02) * scale
      gb[at] = (c01 * c02 - c00 * c12) * scale
      bb[at] = (c00 * c11 - c01 * c01) * scale
    }
  }

  /** The inverse times the covariance of colour and mask, whose means of products lie where the answer belongs. */
  const solve = () => {
    for (let at = 0; at < size; at += 1) {
      const mp = meanP[at] ?? 0
      const r = (red[at] ?? 0) - (meanR[at] ?? 0) * mp
      const g = (green[at] ?? 0) - (meanG[at] ?? 0) * mp
      const b = (blue[at] ?? 0) - (meanB[at] ?? 0) * mp
      const forR = (rr[at] ?? 0) * r + (rg[at] ?? 0) * g + (rb[at] ?? 0) * b
      const forG = (rg[at] ?? 0) * r + (gg[at] ?? 0) * g + (gb[at] ?? 0) * b
      const forB = (rb[at] ?? 0) * r + (gb[at] ?? 0) * g + (bb[at] ?? 0) * b
      red[at] = forR
      green[at] = forG
      blue[at] = forB
      constant[at] = mp - forR * (meanR[at] ?? 0) - forG * (meanG[at] ?? 0) - forB * (meanB[at] ?? 0)
    }
  }

  return ({ red: r, green: g, blue: b }) => {
    mean(r, meanR)
    mean(g, meanG)
    mean(b, meanB)
    meanProduct(r, r, rr)
    meanProduct(r, g, rg)
    meanProduct(r, b, rb)
    meanProduct(g, g, gg)
    meanProduct(g, b, gb)
    meanProduct(b, b, bb)
    invert()
    return (mask) => {
      mean(mask, meanP)
      meanProduct(r, mask, red)
      meanProduct(g, mask, green)
      meanProduct(b, mask, blue)
      solve()
      for (const coefficient of [red, green, blue, constant]) mean(coefficient, coefficient)
      return { red, green, blue, constant }
    }
  }
}
