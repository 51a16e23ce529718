import type { Entry, ZipFile } from 'yauzl'
import { openPromise } from 'yauzl'
import { RemovalFailure } from '../../../domain/removal-failure.ts'
import { ALPHA_FILTER, ALPHA_PLANE_BYTES } from '../alpha/alpha-filter.ts'
import type { AlphaFindings } from '../alpha/alpha-judge.ts'
import { isRealAlpha, judgeAlphaFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { decodePlanes } from '../alpha/decode-planes.ts'
import { spreadIndexes } from '../alpha/spread.ts'
import { pngEntries } from '../container/png-entries.ts'
import type { InspectedMedia, InspectOptions } from './inspected-media.ts'

const SAMPLES = 5
/** When the samples do not show real alpha: how many more may. */
const MORE_SAMPLES = 60
/** Inspects a zip of PNGs. How long they are to be shown is not in it. */
export async function inspectPngSequence(path: string, options: InspectOptions): Promise<InspectedMedia> {
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw new RemovalFailure(
      'OutputInvalid',
      `output: the zip cannot be read (${(error as Error).message})`,
      { cause: error },
    )
  })
  try {
    const pictures = await pngEntries(zip)
    const look = (samples: number): Promise<AlphaFindings> => {
      const chosen = spreadIndexes(pictures.length, samples).flatMap((index) => pictures[index] ?? [])
      return findAlpha(zip, chosen, options.signal)
    }
    const found = { durationSeconds: null, frames: pictures.length }
    if (pictures.length === 0) return { ...found, alpha: noAlphaFindings() }
    const alpha = await look(options.wantsAlpha ? SAMPLES : 1)
    if (!options.wantsAlpha || isRealAlpha(alpha)) return { ...found, alpha }
    return { ...found, alpha: await look(MORE_SAMPLES) }
  } finally {
    zip.close()
  }
}

async function findAlpha(zip: ZipFile, entries: Entry[], signal?: AbortSignal): Promise<AlphaFindings> {
  const findings = noAlphaFindings()
  const job = {
    args: ['-f', 'png_pipe', '-i', 'pipe:0', '-vf', ALPHA_FILTER],
    planeBytes: ALPHA_PLANE_BYTES,
    input: contents(zip, entries),
    ...(signal && { signal }),
  }
  await decodePlanes(job, (plane) => {
    judgeAlphaFrame(findings, plane)
    return true
  })
  return findings
}

/** yauzl ends a stream with an error as soon as it is longer than its entry says, so the bound above holds. */
async function* contents(zip: ZipFile, entries: Entry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>
}
