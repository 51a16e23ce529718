import { dropSpecks } from './drop-specks.ts'
import { createEdgeColours } from './edge-colours.ts'
import type { LinearAlpha } from './guided-filter.ts'
import { createGuidedFilter } from './guided-filter.ts'
import type { PersonModel } from './load-person-model.ts'
import { firm, paintFrame } from './paint-frame.ts'
import type { Planes, Size } from './shrink-picture.ts'
import { createShrinking } from './shrink-picture.ts'
import { createSteadyMask } from './steady-mask.ts'

// Chosen by the error against known mattes, see docs/decisions/2026-11-29-a-person-model-on-the-cpu.md.
const FILTER = { radius: 4, epsilon: 0.0001 }
const COLOUR_RADIUS = 6
/** Below the first a find is a ghost rather than a person, above the second it is one. */
const DOUBT = { from: 0.35, to: 0.8 }

/** Cuts people out of the frames of one video, one after another: reads RGB pixels and fills RGBA ones. */
export function createCutOut(
  model: PersonModel,
  size: Size,
): (rgb: Uint8Array, rgba: Uint8Array) => Promise<void> {
  const { width, height } = model
  const shrink = createShrinking(size, model)
  const steady = createSteadyMask(width * height)
  const edgesOf = createGuidedFilter(width, height, FILTER)
  const coloursAround = createEdgeColours(width, height, COLOUR_RADIUS)
  const alpha = new Float32Array(width * height)
  return async (rgb, rgba) => {
    const picture = shrink(rgb)
    const mask = steady(await model.find(picture.interleaved), picture.brightness)
    for (let at = 0; at < alpha.length; at += 1) alpha[at] = decided(mask[at] ?? 0)
    dropSpecks(alpha, width, height)
    const fitToEdges = edgesOf(picture)
    // Fitted twice: the second time to the edges that the first has found.
    evaluate(fitToEdges(alpha), picture, alpha)
    const linear = fitToEdges(alpha)
    evaluate(linear, picture, alpha)
    const colours = coloursAround(picture, alpha)
    paintFrame(rgb, size, { size: model, alpha, linear, colours }, rgba)
  }
}

function decided(value: number): number {
  return Math.min(1, Math.max(0, (value - DOUBT.from) / (DOUBT.to - DOUBT.from)))
}

function evaluate(linear: LinearAlpha, { red, green, blue }: Planes, alpha: Float32Array): void {
  for (let at = 0; at < alpha.length; at += 1) {
    const coloured =
      (linear.red[at] ?? 0) * (red[at] ?? 0) +
      (linear.green[at] ?? 0) * (green[at] ?? 0) +
      (linear.blue[at] ?? 0) * (blue[at] ?? 0)
    alpha[at] = firm(coloured + (linear.constant[at] ?? 0))
  }
}
