import type { InputVideoTrack } from 'mediabunny'
import {
  CustomSource,
  EncodedPacketSink,
  Input,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  QTFF,
  WEBM,
} from 'mediabunny'
import type { ByteSource } from './byte-source.ts'

// What it does not know is said by our own verdict; its own words would stand among our log lines.
Logging.level = LogLevel.Silent

/** The picture that moves. */
interface VideoTrack {
  codec: string | null
  width: number
  height: number
  /** Which of the video tracks it is, counted from 0. */
  index: number
  seconds: number | null
  hasFrames: boolean
  framesPerSecond: number | null
  /** Whether the header says that there is alpha. Only of webm is that its last word. */
  declaresAlpha: boolean
  /** Whether the blocks of the sampled key frames carry alpha; never known of mp4 and mov. */
  hasAlphaBlocks: boolean
  /** Where decoding can begin, spread over the video; only as many as were asked for, without doubles. */
  keyFrameSeconds: number[]
}

/** What mp4, mov and webm files say of themselves. Null is "not said", or not within what can be read. */
export interface MediaTracks {
  video: VideoTrack | null
  hasAudio: boolean
  /** What the header says. */
  headerSeconds: number | null
  /** Of picture and sound together: from the first that there is to the end of the last. */
  measuredSeconds: number | null
}

/** Reads the tracks of an mp4, mov or webm. Undefined when its structure cannot be read. */
export async function readTracks(source: ByteSource, wantedKeyFrames = 0): Promise<MediaTracks | undefined> {
  return await withInput(source, async (input) => {
    const videos = await input.getVideoTracks()
    const sounds = await input.getAudioTracks().catch(() => [])
    const spans = await Promise.all([...videos, ...sounds].map(spanOf))
    const lengths = spans.slice(0, videos.length).map((span) => span && span.end - span.start)
    // A still picture may lie before the video, and a cover behind it.
    const index = lengths.reduce<number>(
      (best, length, at) => ((length ?? 0) > (lengths[best] ?? 0) ? at : best),
      0,
    )
    const track = videos[index]
    const known = spans.filter((span) => span !== null)
    return {
      video:
        track === undefined
          ? null
          : await videoTrack(track, { index, seconds: lengths[index] ?? null }, wantedKeyFrames),
      hasAudio: sounds.length > 0,
      headerSeconds: await input.getDurationFromMetadata().catch(() => null),
      measuredSeconds:
        known.length === 0 || known.length < spans.length
          ? null
          : Math.max(...known.map(({ end }) => end)) - Math.min(...known.map(({ start }) => start)),
    }
  })
}

/** Whether any block of a webm's picture carries alpha, whatever its header says. Reads no picture. */
export async function hasAlphaBlock(source: ByteSource, videoIndex: number): Promise<boolean> {
  const found = await withInput(source, async (input) => {
    const track = (await input.getVideoTracks())[videoIndex]
    if (track === undefined) return false
    const packets = new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })
    for await (const { sideData } of packets) if (sideData.alpha !== undefined) return true
    return false
  })
  return found ?? false
}

async function withInput<Result>(
  source: ByteSource,
  read: (input: Input) => Promise<Result>,
): Promise<Result | undefined> {
  const readableBytes = source.readableBytes ?? source.sizeBytes ?? 0
  // The reader takes a failed read for a broken file; only the source knows better.
  const failed: { error?: Error } = {}
  using input = new Input({
    formats: [MP4, QTFF, WEBM, MATROSKA],
    source: new CustomSource({
      getSize: () => source.sizeBytes ?? readableBytes,
      read(start, end) {
        if (end > readableBytes) throw new RangeError(`bytes ${start} to ${end} cannot be read`)
        return source.read(start, end).catch((error: unknown) => {
          failed.error ??= error instanceof Error ? error : new Error(String(error))
          throw error
        })
      },
      prefetchProfile: 'fileSystem',
      handleUnhandledError: () => {},
    }),
  })
  const canRead = await input.canRead().catch(() => false)
  const result = canRead ? await read(input).catch(() => undefined) : undefined
  if (failed.error !== undefined) throw failed.error
  return result
}

interface Span {
  start: number
  end: number
}

/** Where the packets of a track begin and end, seconds; null where that cannot be read. */
async function spanOf(
  track: Pick<InputVideoTrack, 'getFirstTimestamp' | 'computeDuration'>,
): Promise<Span | null> {
  try {
    // What lies before zero is not shown.
    const start = Math.max(0, await track.getFirstTimestamp())
    return { start, end: Math.max(start, await track.computeDuration()) }
  } catch {
    return null
  }
}

async function videoTrack(
  track: InputVideoTrack,
  place: Pick<VideoTrack, 'index' | 'seconds'>,
  wantedKeyFrames: number,
): Promise<VideoTrack> {
  const keys = wantedKeyFrames === 0 ? [] : await spreadKeyFrames(track, place.seconds ?? 0, wantedKeyFrames)
  return {
    ...place,
    codec: await track.getCodec(),
    hasFrames: (await new EncodedPacketSink(track).getFirstPacket({ metadataOnly: true })) !== null,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    framesPerSecond: wantedKeyFrames === 0 ? null : await frameRate(track),
    declaresAlpha: await track.canBeTransparent(),
    hasAlphaBlocks: keys.some(({ sideData }) => sideData.alpha !== undefined),
    keyFrameSeconds: keys.map(({ timestamp }) => timestamp),
  }
}

const FRAMES_FOR_RATE = 20

async function frameRate(track: InputVideoTrack): Promise<number | null> {
  const { averagePacketRate } = await track.computePacketStats(FRAMES_FOR_RATE)
  return Number.isFinite(averagePacketRate) && averagePacketRate > 0 ? averagePacketRate : null
}

async function spreadKeyFrames(track: InputVideoTrack, seconds: number, wanted: number) {
  const sink = new EncodedPacketSink(track)
  const first = await track.getFirstTimestamp()
  const found = new Map<number, NonNullable<Awaited<ReturnType<typeof sink.getKeyPacket>>>>()
  for (let index = 0; index < wanted; index += 1) {
    const at = first + ((index + 0.5) * seconds) / wanted
    const packet = await sink.getKeyPacket(at, { metadataOnly: true })
    if (packet) found.set(packet.timestamp, packet)
  }
  return [...found.values()]
}
