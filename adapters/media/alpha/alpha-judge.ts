/** "Below 10 %" and "above 90 %" opacity, in 8 bits: a frame with both has real alpha. */
const CLEAR = 25
const SOLID = 230
/** What encoders make of fully opaque and fully transparent: a step or two beside 255 and 0. */
const OPAQUE_FROM = 250
const EMPTY_UP_TO = 5

/** How many frames must show real alpha: this share of them and at least so many, or all of a shorter clip. */
const SHARE_WITH_ALPHA = 0.05
const FRAMES_WITH_ALPHA = 3

/** The least and the most opaque pixel of a frame, 0 to 255. */
export interface OpacityRange {
  least: number
  most: number
}

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

/** Whether a frame has both clearly transparent and opaque pixels. */
export function hasRealAlpha({ least, most }: OpacityRange): boolean {
  return least <= CLEAR && most >= SOLID
}

/** Takes one frame into the findings. */
export function judgeFrame(findings: AlphaFindings, range: OpacityRange): void {
  findings.frames += 1
  if (hasRealAlpha(range)) findings.withAlpha += 1
  findings.leastOpacity = Math.min(findings.leastOpacity, range.least)
  findings.mostOpacity = Math.max(findings.mostOpacity, range.most)
}

/** Whether a few frames, spread over a video, leave no doubt about all of them. */
export function isSampleReal({ frames, withAlpha }: AlphaFindings): boolean {
  return frames > 0 && withAlpha >= Math.min(FRAMES_WITH_ALPHA, frames)
}

/** Whether enough of a video of `totalFrames` (null: not known) was seen to have alpha. */
export function isEnoughAlpha({ frames, withAlpha }: AlphaFindings, totalFrames: number | null): boolean {
  const total = Math.max(frames, totalFrames ?? frames)
  return withAlpha > 0 && withAlpha >= Math.min(total, leastWithAlpha(total))
}

function leastWithAlpha(totalFrames: number): number {
  return Math.max(FRAMES_WITH_ALPHA, Math.ceil(totalFrames * SHARE_WITH_ALPHA))
}

/** What was seen of all frames of a video that was to be transparent. */
export type AlphaVerdict =
  | { finding: 'fine' }
  | { finding: 'doubt'; code: 'alpha-in-few-frames' | 'alpha-partial'; message: string }
  /** Proven: nobody can take it for a picture without its background. */
  | { finding: 'wrong'; reason: string }

/** Judges the findings over all frames. */
export function alphaVerdict(findings: AlphaFindings): AlphaVerdict {
  const { frames, withAlpha, leastOpacity, mostOpacity } = findings
  if (frames === 0) return { finding: 'wrong', reason: 'no frame could be decoded' }
  if (leastOpacity >= OPAQUE_FROM)
    return { finding: 'wrong', reason: 'it is opaque everywhere, transparent was bought' }
  if (mostOpacity <= EMPTY_UP_TO)
    return { finding: 'wrong', reason: 'it is empty: every pixel is transparent' }
  if (isEnoughAlpha(findings, frames)) return { finding: 'fine' }
  if (withAlpha > 0) {
    const message = `only ${withAlpha} of ${frames} frames have both transparent and opaque parts`
    return { finding: 'doubt', code: 'alpha-in-few-frames', message }
  }
  return {
    finding: 'doubt',
    code: 'alpha-partial',
    message: `no frame has both transparent and opaque parts: opacity reaches from ${percent(leastOpacity)} to ${percent(mostOpacity)}`,
  }
}

function percent(opacity: number): string {
  return `${Math.round(opacity / 2.55)} %`
}
