import type { OutputWarning } from '../../../domain/removal-document.ts'
import type { AlphaFindings } from '../alpha/alpha-judge.ts'
import { isEnoughAlpha, isSampleReal, judgeFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { ALPHA_FILTER, decodeAlpha } from '../alpha/decode-alpha.ts'
import { openFileBytes } from '../container/byte-source.ts'
import { decodesWithAlpha } from '../container/ffprobe.ts'
import { findCut } from '../container/find-cut.ts'
import type { Media } from '../container/read-media.ts'
import { readMedia } from '../container/read-media.ts'
import { hasAlphaBlock } from '../container/read-tracks.ts'
import type { Incomplete, InspectedMedia, InspectOptions } from './inspected-media.ts'

/** How many frames are looked at first. */
const SAMPLES = 6
/** A header may round, and count a track that we do not read; it does not invent a third of a video. */
const LACKING_SHARE = 2 / 3

/** Inspects a webm, mov or mp4. Undefined when it has no video track. */
export async function inspectVideo(
  path: string,
  structure: 'iso' | 'ebml',
  options: InspectOptions,
): Promise<InspectedMedia | Incomplete | undefined> {
  await using source = await openFileBytes(path)
  const declared = await findCut(structure, source)
  if (declared !== undefined)
    return { incomplete: `it says it has ${declared} bytes but has ${source.sizeBytes}` }
  const { wantsAlpha, signal } = options
  const media = await readMedia(structure, source, {
    path,
    wantedKeyFrames: SAMPLES,
    ...(signal && { signal }),
  })
  if (media === 'unreadable' || media === 'out-of-reach')
    return { incomplete: 'its tracks cannot be read: the index is missing or damaged' }
  if (media === 'no-video' || !media.hasFrames) return undefined
  const lacking = structure === 'ebml' ? lackingPart(media) : undefined
  if (lacking !== undefined) return { incomplete: lacking }

  const framesPerSecond = media.tracks?.video?.framesPerSecond ?? null
  const durationSeconds =
    (structure === 'ebml' ? media.tracks?.measuredSeconds : undefined) || media.playedSeconds
  const { codec } = media
  const found = { durationSeconds, frames: null, framesPerSecond, codec, warnings: [] as OutputWarning[] }
  const look = createLook(path, media, signal)
  if (!wantsAlpha) return { ...found, alpha: await look.atAll(() => true) }

  const sample = await look.atSamples(durationSeconds)
  const total = framesPerSecond && durationSeconds ? Math.round(framesPerSecond * durationSeconds) : null
  const alpha = isSampleReal(sample)
    ? sample
    : await look.atAll((findings) => findings.frames > SAMPLES && isEnoughAlpha(findings, total))
  if (structure === 'iso') return { ...found, alpha }

  const isOpaque = alpha.leastOpacity === 255
  const hasBlocks =
    (media.tracks?.video?.hasAlphaBlocks ?? false) ||
    (isOpaque && (await hasAlphaBlock(source, media.videoIndex)))
  if (isOpaque && !hasBlocks) return { ...found, alpha, withoutPlane: 'its blocks carry no alpha plane' }
  // Newer decoders may leave out what the header does not announce: what they show then proves nothing.
  const isHidden = isOpaque && !(await decodesWithAlpha(path, decoderOf(media), options))
  if (isHidden || (!isOpaque && media.tracks?.video?.declaresAlpha === false))
    found.warnings.push({
      code: 'alpha-undeclared',
      message: 'its header does not announce the alpha that its blocks carry: browsers show it opaque',
    })
  return { ...found, alpha: isHidden ? unseen(alpha) : alpha }
}

/** What a file promises at its beginning and does not hold. */
function lackingPart({ tracks }: Media): string | undefined {
  const { headerSeconds = null, measuredSeconds = null } = tracks ?? {}
  if (headerSeconds === null || measuredSeconds === null) return undefined
  if (measuredSeconds >= headerSeconds * LACKING_SHARE || headerSeconds - measuredSeconds < 1)
    return undefined
  return `it says it lasts ${headerSeconds.toFixed(2)} s but ends after ${measuredSeconds.toFixed(2)} s`
}

/** Frames of which the opacity could not be seen count as having some. */
function unseen(alpha: AlphaFindings): AlphaFindings {
  return { ...alpha, withAlpha: alpha.frames, leastOpacity: 0, mostOpacity: 255 }
}

function createLook(path: string, media: Media, signal: AbortSignal | undefined) {
  async function look(
    input: string[],
    before: string,
    enough: (findings: AlphaFindings) => boolean,
    findings = noAlphaFindings(),
  ): Promise<AlphaFindings> {
    const args = [...input, '-map', `0:v:${media.videoIndex}`, '-vf', before + ALPHA_FILTER]
    await decodeAlpha({ args, ...(signal && { signal }) }, (range) => {
      judgeFrame(findings, range)
      return !enough(findings)
    })
    return findings
  }
  const decoder = decoderOf(media)
  const input = [...(decoder ? ['-c:v', decoder] : []), '-noautorotate', '-i', `file:${path}`]
  return {
    /** The figure may come late, be small or rest: only all frames together show that there is none. */
    async atAll(enough: (findings: AlphaFindings) => boolean): Promise<AlphaFindings> {
      const findings = await look(input, '', enough)
      // A stream that the one decoder refuses may be read by the usual one.
      return findings.frames > 0 || !decoder ? findings : await look(input.slice(2), '', enough)
    },
    async atSamples(durationSeconds: number | null): Promise<AlphaFindings> {
      const keys = media.tracks?.video?.keyFrameSeconds ?? []
      const findings = noAlphaFindings()
      if (keys.length < SAMPLES / 2) {
        const step = ((durationSeconds ?? 0) / SAMPLES).toFixed(3)
        const select = `select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,${step})',`
        return await look(input, select, () => false, findings)
      }
      // Each is a process of its own: decoders of many large frames side by side take much memory.
      for (const seconds of keys) {
        if (findings.frames >= SAMPLES / 2 && isSampleReal(findings)) break
        const seek = ['-noaccurate_seek', '-ss', (seconds + 0.001).toFixed(3)]
        await look([...seek, ...input], '', () => true, findings)
      }
      return findings
    },
  }
}

/** ffmpeg's own VP8 and VP9 decoders drop the alpha of webm. */
function decoderOf({ codec }: Media): string | undefined {
  return { vp8: 'libvpx', vp9: 'libvpx-vp9' }[codec ?? '']
}
