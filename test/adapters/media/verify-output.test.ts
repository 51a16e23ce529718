import { createWriteStream } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import type { ExpectedOutput } from '../../../adapters/media/output/verify-output.ts'
import { verifyOutput } from '../../../adapters/media/output/verify-output.ts'
import { runTool } from '../../../adapters/media/tools/run-tool.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'
import { brokenClip, clip } from '../../support/clips.ts'
import { matte } from '../../support/mattes.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const TRANSPARENT: OutputFormat[] = ['webm', 'mov', 'gif', 'webp', 'png_sequence']
const quiet = ['-v', 'error', '-nostdin', '-y']
const OPAQUE = 'format=yuv420p'
const EMPTY = 'format=yuva420p,geq=lum=lum(X\\,Y):cb=cb(X\\,Y):cr=cr(X\\,Y):a=0'

function bought(outputFormat: OutputFormat, more: Partial<ExpectedOutput> = {}): ExpectedOutput {
  return { outputFormat, wantsAlpha: true, inputSeconds: [3], vendorSeconds: null, ...more }
}

const wrong = (reason: string | RegExp, { incomplete = false } = {}) => ({
  finding: 'wrong',
  reason: expect.stringMatching(reason),
  incomplete,
})

describe('what was bought', () => {
  it.each(TRANSPARENT)('is a transparent %s', async (format) => {
    const verdict = await verifyOutput(await matte(format), bought(format))
    expect(verdict).toMatchObject({
      finding: 'fine',
      output: {
        container: format,
        hasAlpha: true,
        ...(format === 'png_sequence'
          ? { durationSeconds: null, frames: 75 }
          : { durationSeconds: expect.closeTo(3, 0) }),
      },
      warnings: [],
    })
  })

  it('is an opaque mp4', async () => {
    expect(await verifyOutput(await clip('green'), bought('mp4', { wantsAlpha: false }))).toMatchObject({
      finding: 'fine',
      output: { container: 'mp4', hasAlpha: false },
    })
  })

  // Making three minutes of it for the first time takes longer than verifying it.
  it('is a long webm, of which few frames are decoded', async () => {
    const path = await matte('webm', { from: 'long' })
    expect(await verifyOutput(path, bought('webm', { inputSeconds: [180] }))).toMatchObject({
      finding: 'fine',
      output: { hasAlpha: true },
    })
  }, 90_000)

  it.each([1, 2])('is a clip of %i frames when all of them have alpha', async (frames) => {
    const path = await matte('webm', { args: ['-frames:v', String(frames)] })
    expect(await verifyOutput(path, bought('webm', { inputSeconds: [] }))).toMatchObject({ finding: 'fine' })
  })
})

describe('what was not bought', () => {
  it.each(TRANSPARENT)('is a %s that is opaque everywhere', async (format) => {
    const path = await matte(format, { filter: OPAQUE })
    expect(await verifyOutput(path, bought(format))).toEqual(wrong('opaque everywhere'))
  })

  it.each(['webm', 'mov', 'png_sequence'] as const)('is a %s that is empty', async (format) => {
    const path = await matte(format, { filter: EMPTY })
    expect(await verifyOutput(path, bought(format))).toEqual(wrong('every pixel is transparent'))
  })

  it.each(['webm', 'gif', 'webp'] as const)('is a %s of half the length', async (format) => {
    const path = await matte(format)
    expect(await verifyOutput(path, bought(format, { inputSeconds: [6] }))).toEqual(
      wrong(/it lasts [23]\.\d+ s, 6\.00 s were bought/),
    )
  })

  it.each([
    ['webm', 'mp4', 'it is mp4, webm was bought'],
    ['mp4', 'webm', 'it is webm, mp4 was bought'],
    ['gif', 'webp', 'it is webp, gif was bought'],
    ['webp', 'png_sequence', 'it is png_sequence, webp was bought'],
  ] as const)('is a %s that is a %s', async (format, actual, message) => {
    expect(await verifyOutput(await matte(actual), bought(format))).toEqual(wrong(message))
  })

  it('is an error page, an empty file or sound', async () => {
    const folder = await tempFolder()
    const page = join(folder, 'page')
    await writeFile(page, '<html>Service unavailable</html>')
    const nothing = wrong('it is empty, or no picture at all', { incomplete: true })
    expect(await verifyOutput(page, bought('webm'))).toEqual(nothing)
    expect(await verifyOutput(await brokenClip('empty'), bought('mp4'))).toEqual(nothing)
    const opaque = bought('mp4', { wantsAlpha: false })
    expect(await verifyOutput(await brokenClip('soundOnly'), opaque)).toEqual(wrong('without video'))
  })

  it('is a zip without a picture', async () => {
    const path = join(await tempFolder(), 'empty.zip')
    const zip = new ZipFile()
    zip.addBuffer(Buffer.from('hello'), 'readme.txt')
    zip.end()
    await pipeline(zip.outputStream, createWriteStream(path))
    expect(await verifyOutput(path, bought('png_sequence'))).toEqual(wrong('png_sequence without video'))
  })
})

describe('a file that lacks its end', () => {
  it.each(TRANSPARENT.flatMap((format) => [0.3, 0.6, 0.97].map((share) => [format, share] as const)))(
    'is not taken for another: %s at %d',
    async (format, share) => {
      const path = join(await tempFolder(), 'cut')
      const bytes = await readFile(await matte(format))
      await writeFile(path, bytes.subarray(0, Math.floor(bytes.byteLength * share)))
      expect(await verifyOutput(path, bought(format))).toEqual(wrong('', { incomplete: true }))
    },
  )

  it.each([0.3, 0.6, 0.97])(
    'is seen in a live webm, whose header does not say its size, at %d',
    async (share) => {
      const folder = await tempFolder()
      const [whole, cut] = [join(folder, 'live.webm'), join(folder, 'cut.webm')]
      await runTool('ffmpeg', [
        ...quiet,
        '-i',
        await matte('webm'),
        '-c',
        'copy',
        '-f',
        'webm',
        '-live',
        '1',
        whole,
      ])
      expect(await verifyOutput(whole, bought('webm'))).toMatchObject({ warnings: [] })
      const bytes = await readFile(whole)
      await writeFile(cut, bytes.subarray(0, Math.floor(bytes.byteLength * share)))
      expect(await verifyOutput(cut, bought('webm'))).toEqual(wrong('', { incomplete: true }))
    },
  )
})

it('ends with the reason of its signal', async () => {
  const path = join(await tempFolder(), 'a.webm')
  await copyFile(await matte('webm'), path)
  const signal = AbortSignal.abort(new Error('cancelled'))
  await expect(verifyOutput(path, bought('webm'), { signal })).rejects.toThrow('cancelled')
})
