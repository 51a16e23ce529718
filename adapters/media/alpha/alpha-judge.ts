/** "Below 10 %" and "above 90 %" opacity of design §7, in 8 bits. */
const MOSTLY_TRANSPARENT = 25
const MOSTLY_OPAQUE = 230

/** How many frames must show real alpha; a shorter clip must show it in all it has. */
const FRAMES_WITH_ALPHA = 3

/** What was seen of the alpha of some frames of a video. */
export interface AlphaFindings {
  frames: number
  /** How many of them have both clearly transparent and opaque pixels. */
  withAlpha: number
  leastOpacity: number
  mostOpacity: number
}

/** Nothing seen yet. */
export function noAlphaFindings(): AlphaFindings {
  return { frames: 0, withAlpha: 0, leastOpacity: 255, mostOpacity: 0 }
}

/** Takes one frame's alpha plane (one byte a pixel, 255 is opaque) into the findings. */
export function judgeAlphaFrame(findings: AlphaFindings, plane: Uint8Array): void {
  let least = 255
  let most = 0
  for (const opacity of plane) {
    if (opacity < least) least = opacity
    if (opacity > most) most = opacity
  }
  findings.frames += 1
  if (least <= MOSTLY_TRANSPARENT && most >= MOSTLY_OPAQUE) findings.withAlpha += 1
  findings.leastOpacity = Math.min(findings.leastOpacity, least)
  findings.mostOpacity = Math.max(findings.mostOpacity, most)
}

/** Whether the alpha is real: neither uniformly opaque nor empty, in enough of the frames. */
export function isRealAlpha({ frames, withAlpha }: AlphaFindings): boolean {
  return frames > 0 && withAlpha >= Math.min(FRAMES_WITH_ALPHA, frames)
}

/** What is wrong with alpha that is not real, as the end of a sentence. */
export function alphaFault({ frames, withAlpha, leastOpacity, mostOpacity }: AlphaFindings): string {
  if (frames === 0) return 'no frame could be decoded'
  if (leastOpacity >= MOSTLY_OPAQUE) return 'it is opaque everywhere, transparent was bought'
  if (mostOpacity <= MOSTLY_TRANSPARENT) return 'it is empty: every pixel is transparent'
  return `only ${withAlpha} of ${frames} frames have both transparent and opaque parts`
}
