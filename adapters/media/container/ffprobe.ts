import { ToolFailed } from '../errors.ts'
import type { ToolOptions } from '../tools/run-tool.ts'
import { readTool } from '../tools/run-tool.ts'

/** What ffprobe knows of a file's moving picture. Null: it does not say. */
export interface ProbedVideo {
  codec: string | null
  width: number
  height: number
  /** Of the picture alone. */
  pictureSeconds: number | null
  /** Of the file, as a player shows it. */
  playedSeconds: number | null
  hasAudio: boolean
  hasFrames: boolean
  /** Which of the video streams it is, counted from 0. */
  videoIndex: number
}

interface Stream {
  codec_type?: string
  codec_name?: string
  width?: number
  height?: number
  start_time?: string
  duration?: string
  nb_frames?: string
  disposition?: { attached_pic?: number }
}

interface ProbeOutput {
  streams?: Stream[]
  format?: { start_time?: string; duration?: string }
}

/**
 * What ffprobe says of a file or URL: undefined when it cannot read it, or finds no video. A cover picture is no
 * video; of several videos it is the one that moves.
 */
export async function probeWithFfprobe(
  input: string,
  options: ToolOptions = {},
): Promise<ProbedVideo | undefined> {
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', input]
  const text = await readTool('ffprobe', args, options).catch((error: unknown) => {
    if (error instanceof ToolFailed) return ''
    throw error
  })
  const { streams = [], format } = JSON.parse(text.toString() || '{}') as ProbeOutput
  const videos = streams
    .filter((stream) => stream.codec_type === 'video')
    .map((stream, videoIndex) => ({ stream, videoIndex }))
    .filter(({ stream }) => stream.disposition?.attached_pic !== 1)
  const [found] = videos.toSorted((left, right) => movement(right.stream) - movement(left.stream))
  if (found === undefined) return undefined
  const { stream, videoIndex } = found
  return {
    codec: stream.codec_name ?? null,
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    pictureSeconds: played(stream),
    playedSeconds: played(format) ?? played(stream),
    hasAudio: streams.some(({ codec_type }) => codec_type === 'audio'),
    hasFrames: stream.nb_frames !== '0',
    videoIndex,
  }
}

/** Whether the decoder gives frames with an alpha plane. */
export async function decodesWithAlpha(
  path: string,
  decoder: string | undefined,
  { signal }: Pick<ToolOptions, 'signal'> = {},
): Promise<boolean> {
  const shown = ['-select_streams', 'v:0', '-show_entries', 'frame=pix_fmt', '-read_intervals', '%+#1']
  const args = [
    ...['-v', 'error', ...(decoder ? ['-c:v', decoder] : []), ...shown],
    ...['-of', 'csv=p=0', `file:${path}`],
  ]
  const text = (await readTool('ffprobe', args, signal ? { signal } : {})).toString()
  return /yuva|rgba|argb|bgra|abgr|gbrap|ya8|ya16/.test(text)
}

/** A still among videos has one frame and almost no length. */
function movement({ duration, nb_frames }: Stream): number {
  return seconds(duration) ?? Number(nb_frames ?? 0) / 1_000
}

/** What it calls the duration is the end of a file that begins later than at zero. */
function played({ start_time, duration }: Pick<Stream, 'start_time' | 'duration'> = {}): number | null {
  const end = seconds(duration)
  const start = seconds(start_time) ?? 0
  return end !== null && end > start ? end - start : end
}

function seconds(text: string | undefined): number | null {
  const value = Number(text)
  // A single frame without a length of its own is a video all the same.
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : null
}
