import { z } from 'zod'
import type { Tools } from '../run-tool.ts'
import { runTool } from '../run-tool.ts'

export type VideoFacts = {
  width: number
  height: number
  framesPerSecond: number
  /** The constant rate at which every frame is shown, also where their distances vary. */
  constantRate: number
  /** Width over height of a pixel. */
  pixelAspect: { width: number; height: number }
  durationSeconds: number
  hasAudio: boolean
}

const streamSchema = z.object({
  codec_type: z.string(),
  width: z.number().optional(),
  height: z.number().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  duration: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
})

const probeSchema = z.object({
  streams: z.array(streamSchema),
  format: z.object({ duration: z.string().optional() }),
})

/** Measures the first video stream, as it is shown (rotation applied). Rejects what holds no video. */
export async function probeVideo(path: string, tools: Tools): Promise<VideoFacts> {
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', path]
  const probed = probeSchema.parse(
    JSON.parse((await runTool(tools.ffprobePath, args, tools.signal)).toString()),
  )
  const video = probed.streams.find((stream) => stream.codec_type === 'video')
  if (video?.width === undefined || video.height === undefined) throw new Error('no video stream')
  const durationSeconds = seconds(video.duration) ?? seconds(probed.format.duration)
  if (durationSeconds === undefined) throw new Error('no duration')
  const rotation = video.side_data_list?.find((side) => side.rotation !== undefined)?.rotation ?? 0
  const turned = Math.abs(rotation) % 180 === 90
  const framesPerSecond = rate(video.avg_frame_rate) ?? rate(video.r_frame_rate) ?? 25
  return {
    width: turned ? video.height : video.width,
    height: turned ? video.width : video.height,
    framesPerSecond,
    constantRate: constantRate(framesPerSecond, rate(video.r_frame_rate)),
    pixelAspect: pixelAspect(video.sample_aspect_ratio, turned),
    durationSeconds,
    hasAudio: probed.streams.some((stream) => stream.codec_type === 'audio'),
  }
}

function seconds(text: string | undefined): number | undefined {
  const value = Number(text)
  return value > 0 ? Math.round(value * 1000) / 1000 : undefined
}

function rate(text: string | undefined): number | undefined {
  const [over = 0, under = 1] = (text ?? '').split('/').map(Number)
  const value = over / under
  return value > 0 && value <= 240 ? value : undefined
}

/** The rate that hits every time stamp, unless that is no frame rate, or counts half frames as interlaced video does. */
function constantRate(mean: number, finest: number | undefined): number {
  if (finest === undefined || finest < mean || finest > 60) return mean
  return Math.abs(finest / mean - 2) < 0.02 ? mean : finest
}

function pixelAspect(text: string | undefined, turned: boolean): VideoFacts['pixelAspect'] {
  const [width = 1, height = 1] = (text ?? '').split(':').map(Number)
  if (!(width > 0 && height > 0)) return { width: 1, height: 1 }
  return turned ? { width: height, height: width } : { width, height }
}
