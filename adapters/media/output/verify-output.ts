import { CONTAINER_SNIFF_BYTES } from '../../../domain/container.ts'
import type { OutputWarning } from '../../../domain/removal-document.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'
import { alphaVerdict } from '../alpha/alpha-judge.ts'
import { openFileBytes } from '../container/byte-source.ts'
import { ebmlDocType } from '../container/ebml.ts'
import type { OutputContainer } from '../container/output-container.ts'
import { outputContainerFrom } from '../container/output-container.ts'
import { inspectGif } from './inspect-gif.ts'
import { inspectPngSequence } from './inspect-png-sequence.ts'
import { inspectVideo } from './inspect-video.ts'
import { inspectWebp } from './inspect-webp.ts'
import type { Incomplete, InspectedMedia, InspectOptions } from './inspected-media.ts'
import type { LengthWitnesses } from './judge-length.ts'
import { judgeLength } from './judge-length.ts'

/** What was bought. */
export interface ExpectedOutput extends LengthWitnesses {
  outputFormat: OutputFormat
  wantsAlpha: boolean
}

/** What a verified output is. */
interface VerifiedOutput {
  container: OutputFormat
  /** Null for a PNG sequence and for a single picture, which do not tell it. */
  durationSeconds: number | null
  hasAlpha: boolean
  /** Null where counting would need reading. */
  frames: number | null
}

/**
 * What is to be thought of an output. `fine` and `doubt` are delivered; a doubt is named in `warnings`. `wrong` is
 * proven by this file: `incomplete` says that it lacks its end or is no picture at all, so that another transfer may
 * bring what was bought.
 */
export type Verdict =
  | { finding: 'fine' | 'doubt'; output: VerifiedOutput; warnings: OutputWarning[] }
  | { finding: 'wrong'; reason: string; incomplete: boolean }

/**
 * Judges whether a file is what was bought: container, frames that decode, length, and alpha where it was bought.
 * What was paid for counts as right unless the file proves the contrary; see `docs/architecture.md`. Decodes all
 * frames only where a sample shows no alpha. Fails as `PlatformUnavailable` when ffmpeg is missing or out of memory.
 * `hasAlpha` is only looked into where alpha was bought.
 */
export async function verifyOutput(
  path: string,
  expected: ExpectedOutput,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Verdict> {
  const { outputFormat, wantsAlpha } = expected
  signal?.throwIfAborted()
  const container = await containerOf(path)
  if (container === undefined) return wrong('it is empty, or no picture at all', { incomplete: true })
  const isRight = FAMILIES[outputFormat] === container.family
  if (!isRight) return wrong(`it is ${container.name}, ${outputFormat} was bought`)
  const found = await inspect(path, container, { wantsAlpha, ...(signal && { signal }) })
  if (found === undefined || ('frames' in found && found.frames === 0))
    return wrong(`it is ${outputFormat} without video`)
  if ('incomplete' in found) return wrong(found.incomplete, { incomplete: true })
  if (container.family === 'ebml' && container.name !== 'webm' && !WEBM_CODECS.includes(found.codec ?? ''))
    return wrong(
      `it is ${container.name} with ${found.codec ?? 'an unknown codec'}, ${outputFormat} was bought`,
    )
  const { alpha, durationSeconds, frames } = found
  if (alpha.frames === 0) return wrong('no frame could be decoded')
  const length = judgeLength(found, expected)
  if (length.finding === 'wrong') return wrong(length.reason)
  const opacity = wantsAlpha ? alphaVerdict(alpha) : ({ finding: 'fine' } as const)
  if (wantsAlpha && found.withoutPlane !== undefined)
    return wrong(`${found.withoutPlane}: it is opaque everywhere, transparent was bought`)
  if (opacity.finding === 'wrong') return wrong(opacity.reason)
  const warnings = [
    ...brandWarning(container, outputFormat),
    ...found.warnings,
    ...(opacity.finding === 'doubt' ? [{ code: opacity.code, message: opacity.message }] : []),
    ...(length.finding === 'doubt' ? [{ code: 'length-differs' as const, message: length.message }] : []),
  ]
  return {
    finding: warnings.length === 0 ? 'fine' : 'doubt',
    output: { container: outputFormat, durationSeconds, hasAlpha: wantsAlpha, frames },
    warnings,
  }
}

/** mp4 and mov are one family: a file may call itself the one and be played as the other. */
const FAMILIES: Record<OutputFormat, OutputContainer['family']> = {
  webm: 'ebml',
  mov: 'iso',
  mp4: 'iso',
  gif: 'gif',
  webp: 'webp',
  png_sequence: 'zip',
}

/** Matroska with one of these is webm under another name. Source: the WebM container guidelines. */
const WEBM_CODECS = ['vp8', 'vp9', 'av1']

async function containerOf(path: string): Promise<OutputContainer | undefined> {
  await using file = await openFileBytes(path)
  const container = outputContainerFrom(await file.read(0, CONTAINER_SNIFF_BYTES))
  if (container?.family !== 'ebml') return container
  return { family: 'ebml', name: (await ebmlDocType(file)) ?? 'matroska' }
}

async function inspect(
  path: string,
  { family }: OutputContainer,
  options: InspectOptions,
): Promise<InspectedMedia | Incomplete | undefined> {
  switch (family) {
    case 'gif':
      return await inspectGif(path, options)
    case 'webp':
      return await inspectWebp(path, options)
    case 'zip':
      return await inspectPngSequence(path, options)
    case 'iso':
    case 'ebml':
      return await inspectVideo(path, family, options)
    case 'other':
      return undefined
  }
}

function brandWarning({ family, name }: OutputContainer, bought: OutputFormat): OutputWarning[] {
  if ((family !== 'iso' && family !== 'ebml') || name === bought) return []
  return [{ code: 'container-brand', message: `it calls itself ${name}, ${bought} was bought` }]
}

function wrong(reason: string, { incomplete = false } = {}): Verdict {
  return { finding: 'wrong', reason, incomplete }
}
