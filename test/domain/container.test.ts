import { open } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { CONTAINER_SNIFF_BYTES, containerFrom } from '../../domain/container.ts'
import type { BrokenClipName, ClipName } from '../support/clips.ts'
import { brokenClip, clip } from '../support/clips.ts'

async function headOf(path: string): Promise<Uint8Array> {
  await using file = await open(path)
  const { bytesRead, buffer } = await file.read(Buffer.alloc(CONTAINER_SNIFF_BYTES))
  return buffer.subarray(0, bytesRead)
}

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('the first bytes of a real video', () => {
  it.each([
    ['green', 'mp4'],
    ['mov', 'mov'],
    ['webm', 'webm'],
    ['avi', 'avi'],
    ['odd', 'webm'],
  ] as const satisfies [ClipName, string][])('of the clip %s tell %s', async (name, container) => {
    expect(containerFrom(await headOf(await clip(name)))).toBe(container)
  })

  it('decide, whatever the file is called', async () => {
    expect(containerFrom(await headOf(await brokenClip('webmNamedMp4')))).toBe('webm')
  })
})

describe('the first bytes of something else', () => {
  it.each(['empty', 'text', 'picture', 'mkv', 'gif'] as const satisfies BrokenClipName[])(
    'tell nothing: %s',
    async (name) => {
      expect(containerFrom(await headOf(await brokenClip(name)))).toBeUndefined()
    },
  )

  it.each([
    ['a still picture in the same box', '\0\0\0\x18ftypheic\0\0\0\0'],
    ['sound in a RIFF file', 'RIFF\x24\0\0\0WAVEfmt '],
    ['half a signature', 'RIF'],
  ])('tell nothing: %s', (_what, head) => {
    expect(containerFrom(bytes(head))).toBeUndefined()
  })

  it.each(['moov', 'mdat', 'wide', 'free', 'skip'])(
    'tell an old QuickTime file by its first atom: %s',
    (atom) => {
      expect(containerFrom(bytes(`\0\0\0\x08${atom}`))).toBe('mov')
    },
  )
})
