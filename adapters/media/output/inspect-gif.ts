import { ALPHA_FILTER, ALPHA_PLANE_BYTES } from '../alpha/alpha-filter.ts'
import { isRealAlpha, judgeAlphaFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { decodePlanes } from '../alpha/decode-planes.ts'
import { readGifTiming } from '../container/gif-timing.ts'
import type { InspectedMedia, InspectOptions } from './inspected-media.ts'

/** A GIF cannot be entered in the middle; this many frames are decoded before a good one may end it. */
const LEAST_FRAMES = 30

/** Inspects a GIF. */
export async function inspectGif(
  path: string,
  { wantsAlpha, signal }: InspectOptions,
): Promise<InspectedMedia> {
  const timing = await readGifTiming(path)
  const alpha = noAlphaFindings()
  const args = ['-i', `file:${path}`, '-map', '0:v:0', '-vf', ALPHA_FILTER]
  await decodePlanes({ args, planeBytes: ALPHA_PLANE_BYTES, ...(signal && { signal }) }, (plane) => {
    judgeAlphaFrame(alpha, plane)
    return wantsAlpha && !(alpha.frames >= LEAST_FRAMES && isRealAlpha(alpha))
  })
  return { ...timing, alpha }
}
