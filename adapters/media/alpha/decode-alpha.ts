import type { OpacityRange } from './alpha-judge.ts'
import { hasRealAlpha } from './alpha-judge.ts'
import type { PlaneJob } from './decode-planes.ts'
import { decodePlanes } from './decode-planes.ts'

/** Hands over how opaque each decoded frame is, over all its pixels, until `onFrame` answers false. */
export async function decodeAlpha(job: PlaneJob, onFrame: (range: OpacityRange) => boolean): Promise<void> {
  let range: OpacityRange = { least: 255, most: 0 }
  await decodePlanes(job, {
    begin() {
      range = { least: 255, most: 0 }
    },
    piece(bytes) {
      // Nothing more can be learned of a frame that has both.
      if (!hasRealAlpha(range)) widenRange(range, bytes)
    },
    end: () => onFrame(range),
  })
}

/** Widens the range by the pixels of a plane, or of a part of one. */
export function widenRange(range: OpacityRange, bytes: Uint8Array): void {
  let { least, most } = range
  for (const opacity of bytes) {
    if (opacity < least) least = opacity
    if (opacity > most) most = opacity
  }
  range.least = least
  range.most = most
}

/**
 * Makes any frame its alpha plane, at full size and without a conversion where the frame has one; a frame without
 * alpha becomes an opaque one.
 */
export const ALPHA_FILTER = 'format=yuva444p|yuva422p|yuva420p|rgba|bgra|argb|abgr,alphaextract'
