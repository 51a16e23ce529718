import { CONTAINER_SNIFF_BYTES } from '../../../domain/container.ts'
import { RemovalFailure } from '../../../domain/removal-failure.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'
import { alphaFault, isRealAlpha } from '../alpha/alpha-judge.ts'
import { openFileBytes } from '../container/byte-source.ts'
import { outputContainerFrom } from '../container/output-container.ts'
import { inspectGif } from './inspect-gif.ts'
import { inspectPngSequence } from './inspect-png-sequence.ts'
import { inspectVideo } from './inspect-video.ts'
import { inspectWebp } from './inspect-webp.ts'
import type { InspectedMedia, InspectOptions } from './inspected-media.ts'

/** What was bought. */
export interface ExpectedOutput {
  outputFormat: OutputFormat
  wantsAlpha: boolean
  /** Null when it is not known. */
  durationSeconds: number | null
  /** How far the duration may be off; by default half a second, or 10 % if it is more. */
  toleranceSeconds?: number
}

/** What a verified output is. */
export interface VerifiedOutput {
  container: OutputFormat
  /** Null for a PNG sequence, which does not tell it. */
  durationSeconds: number | null
  hasAlpha: boolean
  /** Null where counting would need reading. */
  frames: number | null
}

/**
 * Proves that a complete file is what was bought: container, frames that decode, duration, and real alpha where
 * it was bought (design §7). Decodes only some frames. Throws `OutputInvalid` saying precisely what is wrong, and
 * `PlatformUnavailable` when ffmpeg is missing. `hasAlpha` is only looked into where alpha was bought.
 */
export async function verifyOutput(
  path: string,
  expected: ExpectedOutput,
  { signal }: { signal?: AbortSignal } = {},
): Promise<VerifiedOutput> {
  const { outputFormat, wantsAlpha } = expected
  await checkContainer(path, outputFormat)
  const found = await inspect(path, outputFormat, { wantsAlpha, ...(signal && { signal }) })
  if (found === undefined || found.frames === 0) throw invalid(`it is ${outputFormat} without video`)
  checkDuration(found.durationSeconds, expected)
  if (found.alpha.frames === 0) throw invalid('no frame could be decoded')
  if (wantsAlpha && !isRealAlpha(found.alpha)) throw invalid(alphaFault(found.alpha))
  return {
    container: outputFormat,
    durationSeconds: found.durationSeconds,
    hasAlpha: wantsAlpha,
    frames: found.frames,
  }
}

async function checkContainer(path: string, bought: OutputFormat): Promise<void> {
  await using file = await openFileBytes(path)
  if (file.sizeBytes === 0) throw invalid('it is empty')
  const container = outputContainerFrom(await file.read(0, CONTAINER_SNIFF_BYTES))
  if (container !== bought) throw invalid(`it is ${container ?? 'of an unknown kind'}, ${bought} was bought`)
}

async function inspect(
  path: string,
  format: OutputFormat,
  options: InspectOptions,
): Promise<InspectedMedia | undefined> {
  if (format === 'gif') return await inspectGif(path, options)
  if (format === 'webp') return await inspectWebp(path, options)
  if (format === 'png_sequence') return await inspectPngSequence(path, options)
  return await inspectVideo(path, options)
}

function checkDuration(actual: number | null, { durationSeconds, toleranceSeconds }: ExpectedOutput): void {
  if (actual === null || durationSeconds === null) return
  const tolerance = toleranceSeconds ?? Math.max(0.5, durationSeconds / 10)
  if (Math.abs(actual - durationSeconds) <= tolerance) return
  throw invalid(`it lasts ${actual.toFixed(2)} s, ${durationSeconds.toFixed(2)} s were bought`)
}

function invalid(fault: string): RemovalFailure {
  return new RemovalFailure('OutputInvalid', `output: ${fault}`)
}
