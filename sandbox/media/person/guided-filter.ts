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
 * Fits a mask to the edges of its picture: in each window the alpha becomes the linear function of the colour that is
 * nearest to the mask. The functions hold at any resolution, so that a small mask gives an alpha for a large picture.
 * Colours lie between 0 and 1; edges of less contrast than about the root of `epsilon` are taken for texture.
 * The answer is overwritten by the next call. Source: He, Sun and Tang, "Guided Image Filtering", 2010.
 */
export function createGuidedFilter(
  width: number,
  height: number,
  { radius, epsilon }: { radius: number; epsilon: number },
): (picture: Planes, mask: Float32Array) => LinearAlpha {
  const mean = createBoxMean(width, height, radius)
  const size = width * height
  const plane = () => new Float32Array(size)
  const [meanR, meanG, meanB, meanP] = [plane(), plane(), plane(), plane()]
  const [rr, rg, rb, gg, gb, bb] = [plane(), plane(), plane(), plane(), plane(), plane()]
  const [rp, gp, bp] = [plane(), plane(), plane()]
  const [red, green, blue, constant] = [plane(), plane(), plane(), plane()]
  const meanProduct = (one: Float32Array, other: Float32Array, means: Float32Array) => {
    for (let at = 0; at < size; at += 1) means[at] = (one[at] ?? 0) * (other[at] ?? 0)
    mean(means, means)
  }
  return ({ red: r, green: g, blue: b }, mask) => {
    mean(r, meanR)
    mean(g, meanG)
    mean(b, meanB)
    mean(mask, meanP)
    meanProduct(r, r, rr)
    meanProduct(r, g, rg)
    meanProduct(r, b, rb)
    meanProduct(g, g, gg)
    meanProduct(g, b, gb)
    meanProduct(b, b, bb)
    meanProduct(r, mask, rp)
    meanProduct(g, mask, gp)
    meanProduct(b, mask, bp)
    for (let at = 0; at < size; at += 1) {
      const mr = meanR[at] ?? 0
      const mg = meanG[at] ?? 0
      const mb = meanB[at] ?? 0
      const mp = meanP[at] ?? 0
      // The covariance of the colours, which is symmetric, made invertible.
      const c00 = (rr[at] ?? 0) - mr * mr + epsilon
      const c01 = (rg[at] ?? 0) - mr * mg
      const c02 = (rb[at] ?? 0) - mr * mb
      const c11 = (gg[at] ?? 0) - mg * mg + epsilon
      const c12 = (gb[at] ?? 0) - mg * mb
      const c22 = (bb[at] ?? 0) - mb * mb + epsilon
      // Its inverse, times the covariance of colour and mask.
      const v0 = (rp[at] ?? 0) - mr * mp
      const v1 = (gp[at] ?? 0) - mg * mp
      const v2 = (bp[at] ?? 0) - mb * mp
      const i00 = c11 * c22 - c12 * c12
      const i01 = c02 * c12 - c01 * c22
      const i02 = c01 * c12 - c02 * c11
      const i11 = c00 * c22 - c02 * c02
      const i12 = c01 * c02 - c00 * c12
      const i22 = c00 * c11 - c01 * c01
      const scale = 1 / (c00 * i00 + c01 * i01 + c02 * i02)
      const forR = (i00 * v0 + i01 * v1 + i02 * v2) * scale
      const forG = (i01 * v0 + i11 * v1 + i12 * v2) * scale
      const forB = (i02 * v0 + i12 * v1 + i22 * v2) * scale
      red[at] = forR
      green[at] = forG
      blue[at] = forB
      constant[at] = mp - forR * mr - forG * mg - forB * mb
    }
    for (const coefficient of [red, green, blue, constant]) mean(coefficient, coefficient)
    return { red, green, blue, constant }
  }
}
