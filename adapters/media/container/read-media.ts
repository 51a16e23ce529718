import type { ByteSource } from './byte-source.ts'
import { isWhollyReadable, windowed } from './byte-source.ts'
import type { ProbedVideo } from './ffprobe.ts'
import { probeWithFfprobe } from './ffprobe.ts'
import type { FileStructure } from './find-cut.ts'
import { findIsoBox } from './iso-boxes.ts'
import type { MediaTracks } from './read-tracks.ts'
import { readTracks } from './read-tracks.ts'
import { serveBytes } from './serve-bytes.ts'

/** A video as its readers agree on it. Null: it does not say, or it lies out of reach. */
export interface Media {
  codec: string | null
  width: number | null
  height: number | null
  hasAudio: boolean
  hasFrames: boolean
  /** Which of the video streams moves, counted from 0. */
  videoIndex: number
  /** As a player shows it: from the first picture or sound to the end of the last, edit lists applied. */
  playedSeconds: number | null
  /** Of the picture alone: sound may go on. */
  pictureSeconds: number | null
  /** What our own reader found; undefined where only ffprobe could read the file. */
  tracks: MediaTracks | undefined
}

/** Where to read, and how closely. */
interface ReadMediaOptions {
  /** Where the file lies on this machine; without it ffprobe reads it through us. */
  path?: string
  wantedKeyFrames?: number
  signal?: AbortSignal
}

/**
 * Reads what a video is, without decoding it. Our own reader is quick and reads any source by pieces; where it
 * gives up, or where it and the file's own header disagree about the length, ffprobe has the word.
 *
 * `no-video`: the file was read and has none. `unreadable`: nobody can read it. `out-of-reach`: what would tell lies
 * beyond what the source lets us read.
 */
export async function readMedia(
  structure: FileStructure,
  source: ByteSource,
  { path, wantedKeyFrames = 0, signal }: ReadMediaOptions = {},
): Promise<Media | 'no-video' | 'unreadable' | 'out-of-reach'> {
  const tracks = structure === 'riff' ? undefined : await readTracks(source, wantedKeyFrames)
  const headerSeconds = structure === 'iso' ? await movieLength(source) : (tracks?.headerSeconds ?? null)
  if (!isWhollyReadable(source)) return tracks?.video ? fromTracks(tracks, headerSeconds) : 'out-of-reach'
  if (tracks?.video && agree(headerSeconds, tracks.measuredSeconds)) return fromTracks(tracks, null)
  const probed = await probe(source, path, signal)
  if (probed !== undefined) return fromProbe(probed, tracks)
  if (tracks?.video) return fromTracks(tracks, null)
  return tracks === undefined ? 'unreadable' : 'no-video'
}

const AGREED_SECONDS = 0.25
const AGREED_SHARE = 0.02

function agree(header: number | null, measured: number | null): boolean {
  if (header === null || measured === null) return measured !== null && measured > 0
  return Math.abs(header - measured) <= Math.max(AGREED_SECONDS, AGREED_SHARE * header)
}

function fromTracks(tracks: MediaTracks, headerSeconds: number | null): Media {
  const { video, hasAudio, measuredSeconds } = tracks
  return {
    codec: video?.codec ?? null,
    width: video?.width ?? null,
    height: video?.height ?? null,
    hasAudio,
    hasFrames: video?.hasFrames ?? false,
    videoIndex: video?.index ?? 0,
    // A single frame may have no length of its own: it is unknown then, not nothing.
    playedSeconds: headerSeconds ?? positive(measuredSeconds) ?? positive(tracks.headerSeconds),
    pictureSeconds: positive(video?.seconds),
    tracks,
  }
}

function positive(seconds: number | null | undefined): number | null {
  return seconds !== null && seconds !== undefined && seconds > 0 ? seconds : null
}

function fromProbe(probed: ProbedVideo, tracks: MediaTracks | undefined): Media {
  return {
    ...probed,
    videoIndex: tracks?.video?.index ?? probed.videoIndex,
    playedSeconds: probed.playedSeconds ?? tracks?.measuredSeconds ?? tracks?.headerSeconds ?? null,
    pictureSeconds: probed.pictureSeconds ?? tracks?.video?.seconds ?? null,
    tracks,
  }
}

/** A remote host that answers a few ranged requests slowly must not hold up an admission. */
const REMOTE_PROBE_MS = 25_000

async function probe(
  source: ByteSource,
  path: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ProbedVideo | undefined> {
  if (path !== undefined) return await probeWithFfprobe(`file:${path}`, signal ? { signal } : {})
  await using served = await serveBytes(source)
  const patience = AbortSignal.timeout(REMOTE_PROBE_MS)
  const probed = await probeWithFfprobe(served.url, {
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  }).catch((error: unknown) => {
    if (!patience.aborted || signal?.aborted) throw error
    return undefined
  })
  const failure = served.failure()
  if (failure !== undefined) throw failure
  return probed
}

/**
 * How long an mp4 or mov says it is shown, edit lists applied: the length in its movie header. Null where it does
 * not say, as fragmented files don't. Source: ISO/IEC 14496-12 §8.2.2.
 */
async function movieLength(file: ByteSource): Promise<number | null> {
  const source = windowed(file)
  const movie = await findIsoBox(source, 'moov')
  if (movie === undefined || movie.endExclusive === null) return null
  const header = await findIsoBox(source, 'mvhd', movie.contentStart, movie.endExclusive)
  if (header === undefined) return null
  const bytes = Buffer.from(await source.read(header.contentStart, header.contentStart + 32))
  if (bytes.byteLength < 32) return null
  const isLong = bytes.readUInt8(0) === 1
  const timescale = bytes.readUInt32BE(isLong ? 20 : 12)
  const duration = isLong ? Number(bytes.readBigUInt64BE(24)) : bytes.readUInt32BE(16)
  // All ones say that the length is not known.
  const isUnknown = duration === 0 || duration >= (isLong ? 2 ** 63 : 0xffffffff)
  return isUnknown || timescale === 0 ? null : duration / timescale
}
