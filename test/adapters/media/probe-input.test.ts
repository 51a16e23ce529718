import { mkdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ByteSource } from '../../../adapters/media/container/byte-source.ts'
import { probeInput } from '../../../adapters/media/input/probe-input.ts'
import type { BrokenClipName, ClipName } from '../../support/clips.ts'
import { brokenClip, clip } from '../../support/clips.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const GOOD: [ClipName, { container: string; durationSeconds: number; width: number; height: number }][] = [
  ['green', { container: 'mp4', durationSeconds: 3, width: 320, height: 240 }],
  ['busy', { container: 'mp4', durationSeconds: 3, width: 320, height: 240 }],
  ['mov', { container: 'mov', durationSeconds: 2, width: 320, height: 240 }],
  ['webm', { container: 'webm', durationSeconds: 2, width: 320, height: 240 }],
  ['avi', { container: 'avi', durationSeconds: 2, width: 320, height: 240 }],
  ['portrait', { container: 'mp4', durationSeconds: 2, width: 180, height: 320 }],
  ['odd', { container: 'webm', durationSeconds: 2, width: 321, height: 241 }],
]

const BAD: [BrokenClipName, string][] = [
  ['empty', 'the file is empty'],
  ['cutOff', 'the file is cut off'],
  ['withoutIndex', 'the file is cut off'],
  ['cutOffAvi', 'the file is cut off'],
  ['cutOffWebm', 'the file is cut off'],
  ['text', 'this is not an mp4, mov, webm or avi video'],
  ['picture', 'this is not an mp4, mov, webm or avi video'],
  ['mkv', 'this is not an mp4, mov, webm or avi video'],
  ['gif', 'this is not an mp4, mov, webm or avi video'],
  ['soundOnly', 'the file has no video track'],
  ['tooLarge', 'the file has 500,000,001 bytes, at most 500,000,000 are possible'],
]

/** A remote file of which only the first `readableBytes` can be read. */
function remote(bytes: Buffer, readableBytes = bytes.byteLength): ByteSource {
  return {
    sizeBytes: bytes.byteLength,
    readableBytes,
    read: async (start, endExclusive) => bytes.subarray(start, Math.min(endExclusive, readableBytes)),
  }
}

it.each(GOOD)('knows a whole video: %s', async (name, expected) => {
  const path = await clip(name)
  const probe = await probeInput({ path }, basename(path))
  const { durationSeconds, ...rest } = expected
  expect(probe).toMatchObject({ ...rest, hasAudio: true, sizeBytes: (await stat(path)).size })
  expect(probe.durationSeconds).toBeGreaterThan(durationSeconds - 0.2)
  expect(probe.durationSeconds).toBeLessThan(durationSeconds + 0.2)
})

it.each(BAD)('refuses a file that is wrong: %s', async (name, reason) => {
  const path = await brokenClip(name)
  await expect(probeInput({ path }, 'my clip.mp4')).rejects.toMatchObject({
    kind: 'InvalidInput',
    message: expect.stringContaining(`my clip.mp4: ${reason}`),
  })
})

it('asks the content and not the name', async () => {
  const path = await brokenClip('webmNamedMp4')
  expect(await probeInput({ path }, 'a.mp4')).toMatchObject({ container: 'webm', contentType: 'video/webm' })
})

it('refuses what is no file', async () => {
  const folder = await tempFolder()
  await mkdir(join(folder, 'clip.mp4'))
  await expect(probeInput({ path: join(folder, 'clip.mp4') }, 'clip.mp4')).rejects.toMatchObject({
    kind: 'InvalidInput',
    message: 'clip.mp4: this is a folder, expected a video file',
  })
  await expect(probeInput({ path: join(folder, 'none.mp4') }, 'none.mp4')).rejects.toMatchObject({
    kind: 'InvalidInput',
    message: 'none.mp4: there is no such file',
  })
  await expect(probeInput({ path: '/dev/null' }, 'null')).rejects.toMatchObject({ kind: 'InvalidInput' })
})

describe('a remote file', () => {
  it('is known as well as a local one when any part can be read', async () => {
    const path = await clip('mov')
    expect(await probeInput({ reader: remote(await readFile(path)) }, 'a.mov')).toEqual(
      await probeInput({ path }, 'a.mov'),
    )
  })

  it('is taken with what its head tells when the index lies out of reach', async () => {
    const bytes = await readFile(await clip('mov'))
    expect(await probeInput({ reader: remote(bytes, 20_000) }, 'a.mov')).toMatchObject({
      container: 'mov',
      durationSeconds: null,
      width: null,
      sizeBytes: bytes.byteLength,
    })
  })

  it('of kind avi is known as well, and unknown where only its head can be read', async () => {
    const bytes = await readFile(await clip('avi'))
    expect(await probeInput({ reader: remote(bytes) }, 'a.avi')).toMatchObject({
      container: 'avi',
      durationSeconds: expect.closeTo(2, 1),
    })
    expect(await probeInput({ reader: remote(bytes, 20_000) }, 'a.avi')).toMatchObject({
      container: 'avi',
      durationSeconds: null,
    })
  })

  it('that fails on the way is not called broken', async () => {
    const bytes = await readFile(await clip('mov'))
    const reader = remote(bytes)
    const failing: ByteSource = {
      ...reader,
      read: async (start, end) => {
        if (end > bytes.byteLength - 100) throw new Error('the line is dead')
        return await reader.read(start, end)
      },
    }
    await expect(probeInput({ reader: failing }, 'a.mov')).rejects.toThrow('the line is dead')
  })
})
