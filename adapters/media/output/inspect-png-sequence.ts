import type { Entry, ZipFile } from 'yauzl'
import type { AlphaFindings } from '../alpha/alpha-judge.ts'
import { isEnoughAlpha, isSampleReal, judgeFrame, noAlphaFindings } from '../alpha/alpha-judge.ts'
import { ALPHA_FILTER, decodeAlpha } from '../alpha/decode-alpha.ts'
import { spreadIndexes } from '../alpha/spread.ts'
import { beginsLikePng, openPngZip } from '../container/png-entries.ts'
import type { Incomplete, InspectedMedia, InspectOptions } from './inspected-media.ts'

const SAMPLES = 5

/** Inspects a zip of PNGs. How long they are to be shown is not in it. */
export async function inspectPngSequence(
  path: string,
  { wantsAlpha, signal }: InspectOptions,
): Promise<InspectedMedia | Incomplete> {
  const opened = await openPngZip(path)
  if ('damage' in opened) return { incomplete: opened.damage }
  const { zip, pictures } = opened
  try {
    const count = pictures.length
    const look = (
      indexes: number[],
      enough: (findings: AlphaFindings) => boolean,
    ): Promise<AlphaFindings> => {
      const chosen = indexes.flatMap((index) => pictures[index] ?? [])
      return findAlpha(zip, chosen, enough, signal)
    }
    const found = { durationSeconds: null, framesPerSecond: null, frames: count, warnings: [] }
    if (count === 0) return { ...found, alpha: noAlphaFindings() }
    const sample = await look(spreadIndexes(count, wantsAlpha ? SAMPLES : 1), () => false)
    if (sample.frames > 0 && (!wantsAlpha || isSampleReal(sample))) return { ...found, alpha: sample }
    const isEnough = (findings: AlphaFindings) =>
      wantsAlpha ? isEnoughAlpha(findings, count) : findings.frames > 0
    return { ...found, alpha: await look(spreadIndexes(count, count), isEnough) }
  } finally {
    zip.close()
  }
}

async function findAlpha(
  zip: ZipFile,
  entries: Entry[],
  enough: (findings: AlphaFindings) => boolean,
  signal?: AbortSignal,
): Promise<AlphaFindings> {
  const findings = noAlphaFindings()
  const job = {
    args: ['-f', 'png_pipe', '-i', 'pipe:0', '-vf', ALPHA_FILTER],
    input: contents(zip, entries),
    ...(signal && { signal }),
  }
  await decodeAlpha(job, (range) => {
    judgeFrame(findings, range)
    return !enough(findings)
  })
  return findings
}

/** yauzl ends a stream with an error as soon as it is longer than its entry says, so that sizes can be relied on. */
async function* contents(zip: ZipFile, entries: Entry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    try {
      let isBegun = false
      for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
        // What does not even begin like a picture would spoil those behind it.
        if (!isBegun && !beginsLikePng(piece)) break
        isBegun = true
        yield piece
      }
    } catch (error) {
      // A picture that cannot be unpacked is one that cannot be decoded: the others speak for the sequence.
      if (!(error instanceof Error)) throw error
    }
  }
}
