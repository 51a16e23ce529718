import { stat } from 'node:fs/promises'
import type { Container } from '../../../domain/container.ts'
import {
  CONTAINER_FILES,
  CONTAINER_SNIFF_BYTES,
  containerFrom,
  MAX_INPUT_BYTES,
} from '../../../domain/container.ts'
import { RemovalFailure } from '../../../domain/removal-failure.ts'
import type { ByteSource } from '../container/byte-source.ts'
import { openFileBytes } from '../container/byte-source.ts'
import { declaredSize } from '../container/declared-size.ts'
import { readTracks } from '../container/read-tracks.ts'
import { ToolFailed } from '../tools/run-tool.ts'
import { probeAvi } from './probe-avi.ts'

/** What is known of an input before anything is bought. Null: the source does not let it be known. */
export interface ProbedInput {
  container: Container
  contentType: string
  durationSeconds: number | null
  width: number | null
  height: number | null
  videoCodec: string | null
  hasAudio: boolean | null
  sizeBytes: number | null
}

/** A local file, or a remote one by ranged reads. */
export type InputSource = { path: string } | { reader: ByteSource }

/**
 * Inspects an input; the content decides, never the name, which only appears in messages. Throws `InvalidInput`
 * with one sentence when it is not a whole, readable video that the vendor takes.
 */
export async function probeInput(
  source: InputSource,
  fileName: string,
  options: { signal?: AbortSignal } = {},
): Promise<ProbedInput> {
  const refuse = (reason: string): RemovalFailure =>
    new RemovalFailure('InvalidInput', `${fileName}: ${reason}`)
  if ('reader' in source) return await probeBytes(source.reader, undefined, refuse, options)
  const found = await stat(source.path).catch((error: NodeJS.ErrnoException) => {
    throw refuse(
      error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${error.code})`,
    )
  })
  if (found.isDirectory()) throw refuse('this is a folder, expected a video file')
  if (!found.isFile()) throw refuse('this is not a regular file, expected a video file')
  await using bytes = await openFileBytes(source.path).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`the file cannot be read (${error.code})`)
  })
  return await probeBytes(bytes, source.path, refuse, options)
}

type Refuse = (reason: string) => RemovalFailure

async function probeBytes(
  source: ByteSource,
  path: string | undefined,
  refuse: Refuse,
  options: { signal?: AbortSignal },
): Promise<ProbedInput> {
  const { sizeBytes } = source
  if (sizeBytes === 0) throw refuse('the file is empty')
  if (sizeBytes !== null && sizeBytes > MAX_INPUT_BYTES) {
    throw refuse(`the file has ${grouped(sizeBytes)} bytes, at most ${grouped(MAX_INPUT_BYTES)} are possible`)
  }
  const container = containerFrom(await source.read(0, CONTAINER_SNIFF_BYTES))
  if (container === undefined) throw refuse('this is not an mp4, mov, webm or avi video')
  const declared = await declaredSize(container, source)
  if (sizeBytes !== null && declared !== undefined && declared > sizeBytes) {
    throw refuse(
      `the file is cut off: it says it has ${grouped(declared)} bytes but has ${grouped(sizeBytes)}`,
    )
  }
  const known = { container, contentType: CONTAINER_FILES[container].contentType, sizeBytes }
  if (container !== 'avi') return { ...known, ...(await tracksOf(source, refuse)) }
  return { ...known, ...(path === undefined ? NOTHING_KNOWN : await aviTracksOf(path, refuse, options)) }
}

type Tracks = Pick<ProbedInput, 'durationSeconds' | 'width' | 'height' | 'videoCodec' | 'hasAudio'>

const UNREADABLE = 'the file has no readable video track; it may be cut off or damaged'

const NOTHING_KNOWN: Tracks = {
  durationSeconds: null,
  width: null,
  height: null,
  videoCodec: null,
  hasAudio: null,
}

async function tracksOf(source: ByteSource, refuse: Refuse): Promise<Tracks> {
  const isWhole = source.sizeBytes !== null && (source.readableBytes ?? source.sizeBytes) >= source.sizeBytes
  const tracks = await readTracks(source)
  if (tracks === undefined) {
    if (!isWhole) return NOTHING_KNOWN
    throw refuse(UNREADABLE)
  }
  const { video, hasAudio, declaredSeconds, measuredSeconds } = tracks
  if (video === null) throw refuse('the file has no video track')
  const durationSeconds = measuredSeconds ?? declaredSeconds
  if (durationSeconds === null ? isWhole : durationSeconds <= 0) throw refuse('the video has no frames')
  return { durationSeconds, width: video.width, height: video.height, videoCodec: video.codec, hasAudio }
}

async function aviTracksOf(path: string, refuse: Refuse, options: { signal?: AbortSignal }): Promise<Tracks> {
  const video = await probeAvi(path, options).catch((error: unknown) => {
    if (error instanceof ToolFailed) return undefined
    throw error
  })
  if (video === undefined) throw refuse(UNREADABLE)
  if (video.durationSeconds === 0) throw refuse('the video has no frames')
  const { codec: videoCodec, ...rest } = video
  return { ...rest, videoCodec }
}

function grouped(value: number): string {
  return value.toLocaleString('en-US')
}
