import type { ToolOptions } from '../tools/run-tool.ts'
import { readTool } from '../tools/run-tool.ts'

/** What ffprobe knows of a file's first video stream; undefined when it finds none. */
export interface ProbedVideo {
  codec: string | null
  width: number
  height: number
  durationSeconds: number | null
  hasAudio: boolean
}

interface ProbeAnswer {
  streams?: { codec_type?: string; codec_name?: string; width?: number; height?: number; duration?: string }[]
  format?: { duration?: string }
}

/** Probes an avi, which the JavaScript reader does not know. */
export async function probeAvi(path: string, options: ToolOptions = {}): Promise<ProbedVideo | undefined> {
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', `file:${path}`]
  const answer = JSON.parse((await readTool('ffprobe', args, options)).toString() || '{}') as ProbeAnswer
  const video = answer.streams?.find((stream) => stream.codec_type === 'video')
  if (video === undefined) return undefined
  const seconds = Number(video.duration ?? answer.format?.duration)
  return {
    codec: video.codec_name ?? null,
    width: video.width ?? 0,
    height: video.height ?? 0,
    durationSeconds: Number.isFinite(seconds) ? seconds : null,
    hasAudio: answer.streams?.some((stream) => stream.codec_type === 'audio') ?? false,
  }
}
