import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ExpectedOutput } from '../../../adapters/media/output/verify-output.ts'
import { verifyOutput } from '../../../adapters/media/output/verify-output.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'
import { brokenClip, clip } from '../../support/clips.ts'
import { matte } from '../../support/mattes.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const TRANSPARENT: OutputFormat[] = ['webm', 'mov', 'gif', 'webp', 'png_sequence']
const OPAQUE = 'format=yuv420p'
const EMPTY = 'format=yuva420p,geq=lum=lum(X\\,Y):cb=cb(X\\,Y):cr=cr(X\\,Y):a=0'

function bought(outputFormat: OutputFormat, more: Partial<ExpectedOutput> = {}): ExpectedOutput {
  return { outputFormat, wantsAlpha: true, durationSeconds: 3, ...more }
}

function invalid(message: string | RegExp) {
  return expect.objectContaining({ kind: 'OutputInvalid', message: expect.stringMatching(message) })
}

describe('what was bought', () => {
  it.each(TRANSPARENT)('is a transparent %s', async (format) => {
    const verified = await verifyOutput(await matte(format), bought(format))
    expect(verified).toMatchObject({ container: format, hasAlpha: true })
    if (format === 'png_sequence') expect(verified).toMatchObject({ durationSeconds: null, frames: 75 })
    else expect(Math.abs((verified.durationSeconds ?? 0) - 3)).toBeLessThan(0.3)
  })

  it('is an opaque mp4', async () => {
    const verified = await verifyOutput(await clip('green'), bought('mp4', { wantsAlpha: false }))
    expect(verified).toMatchObject({ container: 'mp4', hasAlpha: false })
  })

  // Making three minutes of it for the first time takes longer than verifying it.
  it('is a long webm, of which few frames are decoded', async () => {
    const path = await matte('webm', { from: 'long' })
    expect(await verifyOutput(path, bought('webm', { durationSeconds: 180 }))).toMatchObject({
      hasAlpha: true,
    })
  }, 90_000)

  it.each([1, 2])('is a clip of %i frames when all of them have alpha', async (frames) => {
    const path = await matte('webm', { args: ['-frames:v', String(frames)] })
    await verifyOutput(path, bought('webm', { durationSeconds: null }))
  })
})

describe('what was not bought', () => {
  it.each(TRANSPARENT)('is a %s that is opaque everywhere', async (format) => {
    const path = await matte(format, { filter: OPAQUE })
    await expect(verifyOutput(path, bought(format))).rejects.toThrow(invalid('opaque everywhere'))
  })

  it.each(['webm', 'mov', 'png_sequence'] as const)('is a %s that is empty', async (format) => {
    const path = await matte(format, { filter: EMPTY })
    await expect(verifyOutput(path, bought(format))).rejects.toThrow(invalid('every pixel is transparent'))
  })

  it.each(['webm', 'gif', 'webp'] as const)('is a %s of another duration', async (format) => {
    const path = await matte(format)
    await expect(verifyOutput(path, bought(format, { durationSeconds: 6 }))).rejects.toThrow(
      invalid(/it lasts [23]\.\d+ s, 6\.00 s were bought/),
    )
    await verifyOutput(path, bought(format, { durationSeconds: 6, toleranceSeconds: 4 }))
  })

  it.each([
    ['webm', 'mp4', 'it is mp4, webm was bought'],
    ['mp4', 'webm', 'it is webm, mp4 was bought'],
    ['gif', 'webp', 'it is webp, gif was bought'],
    ['webp', 'png_sequence', 'it is png_sequence, webp was bought'],
  ] as const)('is a %s that is a %s', async (format, actual, message) => {
    await expect(verifyOutput(await matte(actual), bought(format))).rejects.toThrow(invalid(message))
  })

  it('is an error page, an empty file or sound', async () => {
    const folder = await tempFolder()
    const page = join(folder, 'page')
    await writeFile(page, '<html>Service unavailable</html>')
    await expect(verifyOutput(page, bought('webm'))).rejects.toThrow(invalid('unknown kind'))
    await expect(verifyOutput(await brokenClip('empty'), bought('mp4'))).rejects.toThrow(
      invalid('it is empty'),
    )
    const opaque = bought('mp4', { wantsAlpha: false })
    await expect(verifyOutput(await brokenClip('soundOnly'), opaque)).rejects.toThrow(
      invalid('without video'),
    )
  })

  it.each(['webm', 'mov', 'webp', 'png_sequence'] as const)('is a %s that was cut off', async (format) => {
    const path = join(await tempFolder(), 'cut')
    const bytes = await readFile(await matte(format))
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.byteLength / 3)))
    await expect(verifyOutput(path, bought(format))).rejects.toMatchObject({ kind: 'OutputInvalid' })
  })

  it('is a zip without a picture', async () => {
    const path = join(await tempFolder(), 'empty.zip')
    // A local file header first, as every archive has that is not empty, and then nothing of use.
    await writeFile(path, Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(200)]))
    await expect(verifyOutput(path, bought('png_sequence'))).rejects.toThrow(invalid('zip cannot be read'))
  })
})

it('ends with the reason of its signal', async () => {
  const path = join(await tempFolder(), 'a.webm')
  await copyFile(await matte('webm'), path)
  const signal = AbortSignal.abort(new Error('cancelled'))
  await expect(verifyOutput(path, bought('webm'), { signal })).rejects.toThrow('cancelled')
})
