import type { InputVideoTrack } from 'mediabunny'
import { CustomSource, EncodedPacketSink, Input, MP4, QTFF, WEBM } from 'mediabunny'
import type { ByteSource } from './byte-source.ts'

/** What mp4, mov and webm files say of themselves. Null is "not said", or not within what can be read. */
export interface MediaTracks {
  video: { codec: string | null; width: number; height: number; canBeTransparent: boolean } | null
  hasAudio: boolean
  /** What the header says. */
  declaredSeconds: number | null
  /** From the last packet that there really is. */
  measuredSeconds: number | null
  /** Where decoding can begin, spread over the video; only as many as were asked for, without doubles. */
  keyFrameSeconds: number[]
}

/** Reads the tracks of an mp4, mov or webm. Undefined when its structure cannot be read. */
export async function readTracks(source: ByteSource, wantedKeyFrames = 0): Promise<MediaTracks | undefined> {
  const readableBytes = source.readableBytes ?? source.sizeBytes ?? 0
  // The reader takes a failed read for a broken file; only the source knows better.
  const failed: { error?: Error } = {}
  using input = new Input({
    formats: [MP4, QTFF, WEBM],
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
  const tracks = await tracksOf(input, wantedKeyFrames)
  if (failed.error !== undefined) throw failed.error
  return tracks
}

async function tracksOf(input: Input, wantedKeyFrames: number): Promise<MediaTracks | undefined> {
  if (!(await input.canRead().catch(() => false))) return undefined
  const track = await input.getPrimaryVideoTrack().catch(() => undefined)
  if (track === undefined) return undefined
  const [audio, declaredSeconds, measuredSeconds] = await Promise.all([
    input.getPrimaryAudioTrack().catch(() => null),
    input.getDurationFromMetadata().catch(() => null),
    (track ?? input).computeDuration().catch(() => null),
  ])
  return {
    video: track && {
      codec: await track.getCodec(),
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
      canBeTransparent: await track.canBeTransparent(),
    },
    hasAudio: audio !== null,
    declaredSeconds,
    measuredSeconds,
    keyFrameSeconds:
      track === null ? [] : await spreadKeyFrames(track, measuredSeconds ?? 0, wantedKeyFrames),
  }
}

async function spreadKeyFrames(track: InputVideoTrack, seconds: number, wanted: number): Promise<number[]> {
  const sink = new EncodedPacketSink(track)
  const found = new Set<number>()
  for (let index = 0; index < wanted; index += 1) {
    const packet = await sink.getKeyPacket(((index + 0.5) * seconds) / wanted, { metadataOnly: true })
    if (packet) found.add(packet.timestamp)
  }
  return [...found]
}
