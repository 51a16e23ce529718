import { ensureFfmpeg } from '#tools'
import { makeDemoClip } from '../adapters/media/picture/demo-clip.ts'

/** What a clip shows, and for how long. */
export interface ClipOptions {
  /** Two unless given. */
  seconds?: number
  /** A studio's green, or a patterned wall without any green. Green unless given. */
  background?: 'green' | 'busy'
}

/**
 * Writes a video that a removal takes: somebody walks through the picture, and the steps can be heard. The path ends in
 * `.mp4` or `.mov`. Gives the path. ffmpeg is found or installed once; where it cannot be had, the error names the ways out.
 */
export async function makeClip(
  path: string,
  { seconds = 2, background = 'green' }: ClipOptions = {},
): Promise<string> {
  await ensureFfmpeg()
  await makeDemoClip(path, background, seconds)
  return path
}
