import { appendFile, copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ByteSource } from '../../../adapters/media/container/byte-source.ts'
import type { ProbedInput } from '../../../adapters/media/input/probe-input.ts'
import { probeInput } from '../../../adapters/media/input/probe-input.ts'
import { bars, bent, H264, made, replaced, tone } from '../../support/odd-files.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const H264_AAC = [...H264, '-c:a', 'aac']
const FRAGMENTS = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof']
const sixSeconds = () => made('six.mp4', [...bars(6), ...tone(6), ...H264_AAC])

/** The same file where it lies, and read by pieces as out of S3 or from a host. */
async function probes(path: string): Promise<[local: ProbedInput, remote: ProbedInput]> {
  const bytes = await readFile(path)
  const reader: ByteSource = {
    sizeBytes: bytes.byteLength,
    read: async (start, end) => bytes.subarray(start, end),
  }
  return [await probeInput({ path }, 'x'), await probeInput({ reader }, 'x')]
}

async function lengthOf(path: string): Promise<number | null> {
  const [local, remote] = await probes(path)
  expect(remote).toEqual(local)
  return local.durationSeconds
}

/** A clip that a phone trimmed: all of the media is there, an edit list shows two seconds of it. */
function trimmed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const header = copy.indexOf('mvhd')
  const twoSeconds = 2 * copy.readUInt32BE(header + 16)
  copy.writeUInt32BE(twoSeconds, header + 20)
  for (let at = copy.indexOf('elst'); at >= 0; at = copy.indexOf('elst', at + 4))
    copy.writeUInt32BE(twoSeconds, at + 12)
  return copy
}

/** A recording that was cut out of a live stream: its first fragment begins after an hour. */
function anHourLater(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const scale = copy.readUInt32BE(copy.indexOf('mdhd') + 16)
  for (let at = copy.indexOf('tfdt'); at >= 0; at = copy.indexOf('tfdt', at + 4))
    copy.writeBigUInt64BE(copy.readBigUInt64BE(at + 8) + BigInt(3_600 * scale), at + 8)
  return copy
}

describe('the length that a player shows', () => {
  it('is that of the edit list', async () => {
    expect(await lengthOf(await bent('trimmed.mp4', await sixSeconds(), trimmed))).toBeCloseTo(2, 1)
  })

  it('is that of a clip cut without coding it anew', async () => {
    const six = await sixSeconds()
    const path = await made('cut.mp4', ['-ss', '2', '-i', six, '-t', '2', '-c', 'copy'])
    expect(await lengthOf(path)).toBeCloseTo(2, 1)
  })

  it('counts from the first fragment, whenever that was', async () => {
    const live = await made('live.mp4', [...bars(6), ...H264, ...FRAGMENTS], anHourLater)
    expect(await lengthOf(live)).toBeCloseTo(6, 1)
  })

  it('is that of the longer of picture and sound, and the picture is known as well', async () => {
    const path = await made('sound-goes-on.mp4', [...bars(1), ...tone(4), ...H264_AAC])
    const [local] = await probes(path)
    expect(local.durationSeconds).toBeCloseTo(4, 1)
    expect(local.pictureSeconds).toBeCloseTo(1, 1)
  })

  it.each([
    [
      'a picture that stands still for long',
      'still.mp4',
      ['-vf', "select='lt(n,25)+eq(n,149)'", '-fps_mode', 'vfr', ...H264],
    ],
    ['frames that need later ones', 'b-frames.mp4', ['-c:v', 'libx264', '-bf', '3', '-pix_fmt', 'yuv420p']],
    [
      'a live webm without a length',
      'live.webm',
      ['-c:v', 'libvpx', '-deadline', 'realtime', '-f', 'webm', '-live', '1'],
    ],
    [
      'ten bits in 4:2:2',
      'ten-bits.mov',
      ['-c:v', 'prores_ks', '-profile:v', '2', '-pix_fmt', 'yuv422p10le'],
    ],
    ['a turned picture', 'turned.mp4', ['-metadata:s:v', 'rotate=90', ...H264]],
    ['an old avi', 'old.avi', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']],
  ])('is known of %s', async (_, name, args) => {
    expect(await lengthOf(await made(name, [...bars(6), ...args]))).toBeCloseTo(6, 0)
  })

  it('is that of the picture that moves, not of a still before it', async () => {
    const path = await made('still-first.avi', [
      ...[...bars(6), ...bars(0.04), '-map', '1:v', '-map', '0:v'],
      ...['-c:v:0', 'mjpeg', '-pix_fmt:v:0', 'yuvj420p', '-c:v:1', 'mpeg4'],
    ])
    expect(await lengthOf(path)).toBeCloseTo(6, 1)
  })

  it('is that of one frame, where there is one', async () => {
    expect(await lengthOf(await made('one.mp4', [...bars(0.04), '-frames:v', '1', ...H264]))).toBeCloseTo(
      0.04,
      2,
    )
    await probes(await made('one.webm', [...bars(0.04), '-frames:v', '1', '-c:v', 'libvpx']))
  })
})

describe('a file as cameras make them', () => {
  it('is whole where something lies behind its last box', async () => {
    const behind = [
      Buffer.alloc(64),
      Buffer.alloc(5_000, 'insta360 trailer'),
      Buffer.from('7fffffffgps 12345678', 'latin1'),
    ]
    for (const bytes of behind) {
      const path = join(await tempFolder(), 'behind.mp4')
      await copyFile(await sixSeconds(), path)
      await appendFile(path, bytes)
      expect(await lengthOf(path)).toBeCloseTo(6, 1)
    }
  })

  it.each([
    ['wide', (bytes: Buffer) => replaced(bytes, 'ftypisom', 'wideisom')],
    ['free', (bytes: Buffer) => bytes.subarray(bytes.readUInt32BE(0))],
  ])('is QuickTime where no brand says so, and it begins with %s', async (_, bend) => {
    const path = await bent(`no-brand-${_}.mov`, await sixSeconds(), bend)
    const [local] = await probes(path)
    expect(local).toMatchObject({ container: 'mov', durationSeconds: expect.closeTo(6, 1) })
  })

  it('is refused where its pictures or their index are cut off, whatever lay behind', async () => {
    const path = await bent('cut.mp4', await sixSeconds(), (bytes) => bytes.subarray(0, bytes.length - 2_000))
    await expect(probeInput({ path }, 'x')).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining('cut off'),
    })
  })
})

describe('a host that does not say how long a file is', () => {
  async function headOf(path: string, readableBytes: number): Promise<ProbedInput> {
    const bytes = await readFile(path)
    const read = async (start: number, end: number) => bytes.subarray(start, Math.min(end, readableBytes))
    return await probeInput({ reader: { sizeBytes: null, readableBytes, read } }, 'x')
  }

  it('leaves the length unknown where the index lies at the end', async () => {
    expect(await headOf(await sixSeconds(), 8_000)).toMatchObject({ container: 'mp4', durationSeconds: null })
  })

  it('is no matter where the index comes first', async () => {
    const path = await made('fast.mp4', [...bars(6), ...H264, '-movflags', '+faststart'])
    expect(await headOf(path, 20_000)).toMatchObject({ durationSeconds: expect.closeTo(6, 1) })
  })
})
