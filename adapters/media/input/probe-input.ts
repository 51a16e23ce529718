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
import type { FileStructure } from '../container/find-cut.ts'
import { findCut } from '../container/find-cut.ts'
import { readMedia } from '../container/read-media.ts'

/** What is known of an input before anything is bought. Null: the source does not let it be known. */
export interface ProbedInput {
  container: Container
  contentType: string
  /** As a player shows it: the longer of picture and sound, edit lists applied. */
  durationSeconds: number | null
  /** Of the picture alone. */
  pictureSeconds: number | null
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
  const declared = await findCut(STRUCTURES[container], source)
  if (sizeBytes !== null && declared !== undefined) {
    throw refuse(
      `the file is cut off: it says it has ${grouped(declared)} bytes but has ${grouped(sizeBytes)}`,
    )
  }
  const known = { container, contentType: CONTAINER_FILES[container].contentType, sizeBytes }
  const media = await readMedia(STRUCTURES[container], source, { ...options, ...(path && { path }) })
  if (media === 'unreadable') throw refuse(UNREADABLE)
  if (media === 'no-video') throw refuse('the file has no video track')
  if (media === 'out-of-reach') return { ...known, ...NOTHING_KNOWN }
  const { codec: videoCodec, width, height, hasAudio, hasFrames, playedSeconds, pictureSeconds } = media
  if (!hasFrames) throw refuse('the video has no frames')
  return { ...known, durationSeconds: playedSeconds, pictureSeconds, width, height, videoCodec, hasAudio }
}

const STRUCTURES: Record<Container, FileStructure> = { mp4: 'iso', mov: 'iso', webm: 'ebml', avi: 'riff' }

const UNREADABLE = 'the file has no readable video track; it may be cut off or damaged'

const NOTHING_KNOWN = {
  durationSeconds: null,
  pictureSeconds: null,
  width: null,
  height: null,
  videoCodec: null,
  hasAudio: null,
} as const

function grouped(value: number): string {
  return value.toLocaleString('en-US')
}
