import { ALL_FORMATS, BlobSource, CanvasSink, Input } from 'mediabunny'
import { PICTURE_WIDTH, pictureOf } from './picture-of.ts'
import type { VideoFacts } from './video-facts.ts'

/** What mediabunny reads of a file that the browser's own player does not take. */
export async function readWithMediabunny(file: File): Promise<VideoFacts> {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
  const track = await input.getPrimaryVideoTrack()
  if (track === null) throw new Error('there is no video in it')
  const durationSeconds = await input.computeDuration()
  const [width, height] = await Promise.all([track.getDisplayWidth(), track.getDisplayHeight()])
  const sink = (await track.canDecode()) ? new CanvasSink(track, { width: PICTURE_WIDTH }) : null
  const frame = await sink?.getCanvas(Math.min(1, durationSeconds / 3))
  const picture = frame ? await pictureOf(frame.canvas, frame.canvas.width, frame.canvas.height) : null
  return { durationSeconds, width, height, picture }
}
