import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFileSink } from '../../../adapters/transfer/file-sink.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matteflow-sink-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('chunks given to a file', () => {
  it('are in it, and their memory is free', async () => {
    const path = join(folder, 'whole')
    const chunks = Array.from({ length: 40 }, (_, index) => new Uint8Array(65_536).fill(index))
    const expected = Buffer.concat(chunks)
    const sink = await openFileSink(path, 0)

    for (const chunk of chunks) await sink.write(chunk)
    await sink.close()

    expect(expected.equals(await readFile(path))).toBe(true)
    expect(sink.sha256()).toBe(createHash('sha256').update(expected).digest('hex'))
    expect(chunks.map(({ byteLength }) => byteLength)).toEqual(chunks.map(() => 0))
  })

  it('leave a larger buffer that they are a part of as it is', async () => {
    const buffer = new Uint8Array(1_000).fill(7)
    const sink = await openFileSink(join(folder, 'part'), 0)

    await sink.write(buffer.subarray(0, 500))
    await sink.close()

    expect(buffer).toEqual(new Uint8Array(1_000).fill(7))
  })
})
