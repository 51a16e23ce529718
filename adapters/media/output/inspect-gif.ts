import { isEnoughAlpha, judgeFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { ALPHA_FILTER, decodeAlpha } from '../alpha/decode-alpha.ts'
import { readGifTiming } from '../container/gif-timing.ts'
import type { Incomplete, InspectedMedia, InspectOptions } from './inspected-media.ts'

/** Inspects a GIF. It cannot be entered in the middle, so it is decoded until enough was seen. */
export async function inspectGif(
  path: string,
  { wantsAlpha, signal }: InspectOptions,
): Promise<InspectedMedia | Incomplete> {
  const { frames, durationSeconds, isCut } = await readGifTiming(path)
  if (isCut) return { incomplete: 'it breaks off within a picture' }
  const alpha = noAlphaFindings()
  const args = ['-i', `file:${path}`, '-map', '0:v:0', '-vf', ALPHA_FILTER]
  await decodeAlpha({ args, ...(signal && { signal }) }, (range) => {
    judgeFrame(alpha, range)
    return wantsAlpha && !isEnoughAlpha(alpha, frames)
  })
  const framesPerSecond = durationSeconds > 0 ? frames / durationSeconds : null
  return { frames, durationSeconds, framesPerSecond, alpha, warnings: [] }
}
