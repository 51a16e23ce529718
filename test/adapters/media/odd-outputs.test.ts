import { createWriteStream } from 'node:fs'
import { appendFile, copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import type { ExpectedOutput } from '../../../adapters/media/output/verify-output.ts'
import { verifyOutput } from '../../../adapters/media/output/verify-output.ts'
import type { OutputFormat } from '../../../domain/request-values.ts'
import {
  bars,
  bent,
  FIGURE,
  H264,
  made,
  opacity,
  PRORES,
  picture,
  replaced,
  tone,
  VP9,
} from '../../support/odd-files.ts'
import { tempFolder } from '../../support/temp-folder.ts'

/** The verdict in a word: `fine`, the codes of its warnings, or why it is wrong. */
async function verdictOf(
  path: string,
  outputFormat: OutputFormat,
  expected: Partial<ExpectedOutput> = {},
): Promise<string> {
  const bought = { outputFormat, wantsAlpha: true, inputSeconds: [1], vendorSeconds: null, ...expected }
  const verdict = await verifyOutput(path, bought)
  if (verdict.finding === 'wrong') return `${verdict.incomplete ? 'incomplete' : 'wrong'}: ${verdict.reason}`
  return verdict.warnings.map(({ code }) => code).join(' ') || 'fine'
}

const figureWebm = () => made('figure.webm', [...bars(1), ...FIGURE, ...VP9])
const figureMov = () => made('figure.mov', [...bars(1), ...FIGURE, ...PRORES])
const figureGif = (seconds = 1, rate = 25) =>
  made('figure.gif', [
    ...bars(seconds, rate),
    '-vf',
    `format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(X,40),255,0)',split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse`,
  ])

describe('a matte that is odd but right', () => {
  it('is delivered where the subject is semi-transparent everywhere', async () => {
    const path = await made('glass.webm', [...bars(1), ...opacity('128+20*lt(X,40)'), ...VP9])
    expect(await verdictOf(path, 'webm')).toBe('alpha-partial')
  })

  it.each([
    ['webm', VP9],
    ['mov', PRORES],
  ] as const)('is delivered where the figure leaves after two frames: %s', async (format, encoding) => {
    const path = await made(`leaves.${format}`, [
      ...bars(3),
      ...opacity('if(lt(N,2)*lt(X,40),255,0)'),
      ...encoding,
    ])
    expect(await verdictOf(path, format, { inputSeconds: [3] })).toBe('alpha-in-few-frames')
  })

  it('is found where the figure is a few pixels of 4K', async () => {
    const path = await made('small.webm', [
      ...['-f', 'lavfi', '-i', 'color=c=black@0:s=3840x2160:r=2:d=1,format=rgba'],
      ...['-f', 'lavfi', '-i', 'color=c=red:s=6x6:r=2:d=1,format=rgba'],
      ...['-filter_complex', 'overlay=1901:1001:format=auto,format=yuva420p', ...VP9],
    ])
    expect(await verdictOf(path, 'webm')).toBe('fine')
  })

  it.each([
    ['says that there is none', '53c08101', '53c08100'],
    ['says nothing', '53c08101', 'ec820000'],
  ])('is delivered where the header of a webm %s', async (_, from, to) => {
    const path = await bent(`undeclared-${to}.webm`, await figureWebm(), (bytes) =>
      replaced(bytes, Buffer.from(from, 'hex'), Buffer.from(to, 'hex')),
    )
    expect(await verdictOf(path, 'webm')).toBe('alpha-undeclared')
  })

  it.each([
    ['vp8', 'webm', ['-c:v', 'libvpx', '-auto-alt-ref', '0', '-pix_fmt', 'yuva420p']],
    ['animation', 'mov', ['-c:v', 'qtrle', '-pix_fmt', 'argb']],
    ['png', 'mov', ['-c:v', 'png', '-pix_fmt', 'rgba']],
    ['prores in pieces', 'mov', [...PRORES, '-movflags', 'frag_keyframe+empty_moov']],
    ['lossless', 'webp', ['-c:v', 'libwebp_anim', '-lossless', '1', '-pix_fmt', 'rgba']],
    ['played once', 'webp', ['-c:v', 'libwebp_anim', '-loop', '1', '-pix_fmt', 'rgba']],
  ] as const)('is found in %s of %s', async (name, format, encoding) => {
    const path = await made(`${name.replaceAll(' ', '-')}.${format}`, [...bars(1), ...FIGURE, ...encoding])
    expect(await verdictOf(path, format)).toBe('fine')
  })

  it('is refused where the blocks carry no plane, whatever the header says', async () => {
    const path = await made('opaque.webm', [...bars(1), ...VP9, '-pix_fmt', 'yuv420p'])
    expect(await verdictOf(path, 'webm')).toBe(
      'wrong: its blocks carry no alpha plane: it is opaque everywhere, transparent was bought',
    )
  })
})

describe('a container that calls itself otherwise', () => {
  it('is what it is: mov under the brand of mp4, mp4 under that of QuickTime', async () => {
    const mov = await bent('isom.mov', await figureMov(), (bytes) => replaced(bytes, 'ftypqt  ', 'ftypisom'))
    expect(await verdictOf(mov, 'mov')).toBe('container-brand')
    const mp4 = await made('qt.mp4', [...bars(1), ...H264], (bytes) =>
      replaced(bytes, 'ftypisom', 'ftypqt  '),
    )
    expect(await verdictOf(mp4, 'mp4', { wantsAlpha: false })).toBe('container-brand')
  })

  it('is webm where Matroska holds what a webm may, and something else otherwise', async () => {
    const vp9 = await made('vp9.mkv', [...bars(1), ...FIGURE, ...VP9])
    expect(await verdictOf(vp9, 'webm')).toBe('container-brand')
    const avc = await made('avc.mkv', [...bars(1), ...H264])
    expect(await verdictOf(avc, 'webm', { wantsAlpha: false })).toBe(
      'wrong: it is matroska with avc, webm was bought',
    )
  })

  it('is read where nothing announces it, and where something follows it', async () => {
    const withoutBrand = await bent('no-ftyp.mov', await figureMov(), (bytes) =>
      replaced(bytes, 'ftypqt  ', 'freeqt  '),
    )
    expect(await verdictOf(withoutBrand, 'mov')).toBe('fine')
    for (const behind of [
      Buffer.alloc(64),
      Buffer.alloc(5_000, 'insta360 trailer'),
      Buffer.from('fffffff0junkxx', 'latin1'),
    ]) {
      const path = join(await tempFolder(), 'behind.mov')
      await copyFile(await figureMov(), path)
      await appendFile(path, behind)
      expect(await verdictOf(path, 'mov')).toBe('fine')
    }
  })
})

describe('a length that differs', () => {
  const webm = (seconds: number) => made('lasting.webm', [...bars(seconds, 10), ...FIGURE, ...VP9])

  it.each([
    ['as long as the input', 3, [3], null, 'fine'],
    ['within half a second', 3, [3.4], null, 'fine'],
    ['as long as the picture, while sound goes on', 3, [10, 3], null, 'fine'],
    ['as long as the sound, while the picture stands still', 3, [3, 1], null, 'fine'],
    ['as the vendor says', 3, [6], 3, 'length-differs'],
    ['more than two thirds', 3, [4.4], null, 'length-differs'],
    ['longer', 3, [1], null, 'length-differs'],
    ['known from nobody', 3, [], null, 'fine'],
    ['known from the vendor alone', 3, [], 3, 'fine'],
    ['where the vendor says nothing true', 3, [3], 0, 'fine'],
    ['less than two thirds of both', 3, [6], 5, 'wrong: it lasts 3.00 s, 6.00 s were bought'],
    ['two frames less of three', 0.1, [0.3], null, 'fine'],
  ])('is judged by every witness: %s', async (_, seconds, inputSeconds, vendorSeconds, verdict) => {
    expect(await verdictOf(await webm(seconds), 'webm', { inputSeconds, vendorSeconds })).toBe(verdict)
  })

  it('is delivered where a GIF rounds the rate of its frames', async () => {
    expect(await verdictOf(await figureGif(9, 100 / 3), 'gif', { inputSeconds: [10.01] })).toBe(
      'length-differs',
    )
  })

  it('is that of the longer of picture and sound', async () => {
    const path = await made('sound-goes-on.mp4', [...bars(1), ...tone(4), ...H264, '-c:a', 'aac'])
    expect(await verdictOf(path, 'mp4', { wantsAlpha: false, inputSeconds: [4] })).toBe('fine')
  })

  it('is counted from the first frame, not from zero', async () => {
    const path = await made('late.mp4', [...bars(2), ...H264, '-output_ts_offset', '600'])
    expect(await verdictOf(path, 'mp4', { wantsAlpha: false, inputSeconds: [2] })).toBe('fine')
  })

  it('is unknown of a single picture', async () => {
    const still = await made('still.webp', [...bars(0.04), ...FIGURE, '-frames:v', '1', '-c:v', 'libwebp'])
    expect(await verdictOf(still, 'webp', { inputSeconds: [0.04] })).toBe('fine')
    expect(await verdictOf(still, 'webp', { inputSeconds: [3] })).toBe('length-differs')
    const opaque = await made('opaque-still.webp', [...bars(0.04), '-frames:v', '1', '-c:v', 'libwebp'])
    expect(await verdictOf(opaque, 'webp', { inputSeconds: [0.04] })).toContain('wrong: it is opaque')
  })
})

describe('a GIF', () => {
  it('is whole without its trailer, and as a single picture', async () => {
    const path = await bent('no-trailer.gif', await figureGif(), (bytes) => bytes.subarray(0, -1))
    expect(await verdictOf(path, 'gif')).toBe('fine')
    const single = await figureGif(0.04)
    expect(await verdictOf(single, 'gif', { inputSeconds: [0.04] })).toBe('fine')
  })
})

describe('a zip of PNGs', () => {
  async function zipOf(
    names: string[],
    pictures: Buffer[],
    bend = (bytes: Buffer) => bytes,
  ): Promise<string> {
    const path = join(await tempFolder(), 'frames.zip')
    const zip = new ZipFile()
    for (const [index, name] of names.entries())
      zip.addBuffer(pictures[index % pictures.length] ?? Buffer.alloc(0), name, { compress: index % 2 === 0 })
    zip.end()
    await pipeline(zip.outputStream, createWriteStream(path))
    await writeFile(path, bend(await readFile(path)))
    return path
  }
  const figure = (format: string) => picture([...bars(0.04), '-vf', `${FIGURE[1]},format=${format}`])
  const NAMES = ['xxx1.png', 'xxx2.png', 'xxx3.png']

  it.each([
    ['absolute', '/xx'],
    ['those of another system', 'C:\\'],
    ['climbing', '../'],
    ['bytes of no alphabet', '\u00ff\u00fe\u00fd'],
  ])('is unpacked by nobody, so that its names may be %s', async (_, start) => {
    const pngs = [await figure('rgba')]
    const bend = (bytes: Buffer) => replaced(bytes, 'xxx', Buffer.from(start, 'latin1'))
    expect(await verdictOf(await zipOf(NAMES, pngs, bend), 'png_sequence')).toBe('fine')
  })

  it('may hold other files, folders, and pictures without an ending', async () => {
    const png = await figure('rgba')
    const mixed = await zipOf(
      ['a/b/1.PNG', '__MACOSX/._1.png', 'readme.txt'],
      [png, Buffer.from('x'), Buffer.from('y')],
    )
    expect(await verdictOf(mixed, 'png_sequence', { inputSeconds: [0.04] })).toBe('fine')
    expect(await verdictOf(await zipOf(['0001', '0002'], [png]), 'png_sequence')).toBe('fine')
  })

  it('is whole where something follows it', async () => {
    const bend = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(3_000, 'behind')])
    expect(await verdictOf(await zipOf(NAMES, [await figure('rgba')], bend), 'png_sequence')).toBe('fine')
  })

  it('is judged by the pictures that can be decoded', async () => {
    const zip = await zipOf(NAMES, [Buffer.from('no picture'), await figure('rgba')])
    expect(await verdictOf(zip, 'png_sequence')).toBe('fine')
    expect(await verdictOf(await zipOf(NAMES, [Buffer.from('none')]), 'png_sequence')).toBe(
      'wrong: no frame could be decoded',
    )
  })

  it.each(['rgba', 'rgba64be', 'ya8', 'ya16be'])('is seen in every kind of PNG: %s', async (format) => {
    expect(await verdictOf(await zipOf(NAMES, [await figure(format)]), 'png_sequence')).toBe('fine')
  })

  it('is no zip when it is one PNG', async () => {
    const path = join(await tempFolder(), 'one.png')
    await writeFile(path, await figure('rgba'))
    expect(await verdictOf(path, 'png_sequence')).toBe('wrong: it is png, png_sequence was bought')
  })
})
