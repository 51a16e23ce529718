import { ALPHA_FILTER, ALPHA_PLANE_BYTES } from '../alpha/alpha-filter.ts'
import type { AlphaFindings } from '../alpha/alpha-judge.ts'
import { isRealAlpha, judgeAlphaFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { decodePlanes } from '../alpha/decode-planes.ts'
import { openFileBytes } from '../container/byte-source.ts'
import type { MediaTracks } from '../container/read-tracks.ts'
import { readTracks } from '../container/read-tracks.ts'
import type { InspectedMedia, InspectOptions } from './inspected-media.ts'

/** How many frames are looked at first. */
const SAMPLES = 6
/** Up to this long, decoding everything is cheaper than opening the file once for each sample. */
const LINEAR_SECONDS = 10

/** Inspects a webm, mov or mp4. Undefined when it has no video track. */
export async function inspectVideo(
  path: string,
  options: InspectOptions,
): Promise<InspectedMedia | undefined> {
  await using source = await openFileBytes(path)
  const tracks = await readTracks(source, SAMPLES)
  if (tracks === undefined || tracks.video === null) return undefined
  const durationSeconds = tracks.measuredSeconds ?? tracks.declaredSeconds
  const found = { durationSeconds, frames: null }
  const decode = (input: string[], enough: (findings: AlphaFindings) => boolean): Promise<AlphaFindings> =>
    findAlpha(input, enough, options.signal)
  const whole = inputArgs(path, tracks)
  if (!options.wantsAlpha || isCertainlyOpaque(tracks.video))
    return { ...found, alpha: await decode([...whole, ...filter('')], () => true) }

  const alpha = await decode(sampleArgs(path, tracks, durationSeconds), () => false)
  if (isRealAlpha(alpha)) return { ...found, alpha }
  // The figure may come late, be small or rest: only all frames together show that there is none.
  return { ...found, alpha: await decode([...whole, ...filter('')], isEnough) }
}

/** Only for webm is the header's word final: some codecs of mov are not known to its reader. */
function isCertainlyOpaque({ codec, canBeTransparent }: NonNullable<MediaTracks['video']>): boolean {
  return (codec === 'vp8' || codec === 'vp9') && !canBeTransparent
}

function isEnough(findings: AlphaFindings): boolean {
  return findings.frames > SAMPLES && isRealAlpha(findings)
}

async function findAlpha(
  args: string[],
  enough: (findings: AlphaFindings) => boolean,
  signal?: AbortSignal,
): Promise<AlphaFindings> {
  const findings = noAlphaFindings()
  await decodePlanes({ args, planeBytes: ALPHA_PLANE_BYTES, ...(signal && { signal }) }, (plane) => {
    judgeAlphaFrame(findings, plane)
    return !enough(findings)
  })
  return findings
}

function sampleArgs(path: string, tracks: MediaTracks, durationSeconds: number | null): string[] {
  const seconds = durationSeconds ?? 0
  const keys = tracks.keyFrameSeconds
  if (seconds > LINEAR_SECONDS && keys.length >= SAMPLES / 2) return keyFrameArgs(path, tracks, keys)
  const step = (seconds / SAMPLES).toFixed(3)
  return [
    ...inputArgs(path, tracks),
    ...filter(`select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,${step})',`),
  ]
}

/** One process, one input a sample: each is opened at a key frame, so that a single frame is decoded. */
function keyFrameArgs(path: string, tracks: MediaTracks, keys: number[]): string[] {
  const inputs = keys.flatMap((seconds) => [
    '-noaccurate_seek',
    '-ss',
    (seconds + 0.001).toFixed(3),
    ...inputArgs(path, tracks),
  ])
  const chains = keys.map((_, index) => `[${index}:v:0]trim=end_frame=1,${ALPHA_FILTER}[f${index}]`)
  const all = keys.map((_, index) => `[f${index}]`).join('')
  return [
    ...inputs,
    '-filter_complex',
    `${chains.join(';')};${all}concat=n=${keys.length}:v=1:a=0[out]`,
    '-map',
    '[out]',
  ]
}

function inputArgs(path: string, tracks: MediaTracks): string[] {
  // ffmpeg's own VP8 and VP9 decoders drop the alpha of webm.
  const decoder = { vp8: 'libvpx', vp9: 'libvpx-vp9' }[tracks.video?.codec ?? '']
  return [...(decoder ? ['-c:v', decoder] : []), '-i', `file:${path}`]
}

function filter(before: string): string[] {
  return ['-map', '0:v:0', '-vf', before + ALPHA_FILTER]
}
