import { link } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from '../../../adapters/media/tools/run-tool.ts'
import { cachedFile } from '../../support/clip-cache.ts'

/**
 * Two seconds to the frame, so that an estimate and a bill agree to the millicredit, and half of it is clearly too
 * short; small, for hundreds are made of it.
 */
const GREEN_CLIP = [
  ...['-f', 'lavfi', '-i', 'color=c=0x00B140:s=64x48:r=10'],
  ...['-f', 'lavfi', '-i', 'color=c=red:s=16x24:r=10'],
  ...['-filter_complex', "[0][1]overlay=x='8+15*t':y=12:shortest=1"],
  ...['-t', '2', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast'],
]

/** The clip under a name of its own, by which faults and bills find it. */
export async function clipNamed(name: string, folder: string): Promise<string> {
  const made = await cachedFile('green-two-seconds.mp4', GREEN_CLIP.join(' '), (path) =>
    runTool('ffmpeg', ['-v', 'error', '-y', ...GREEN_CLIP, path]),
  )
  const path = join(folder, name)
  await link(made, path)
  return path
}
