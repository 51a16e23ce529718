import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFolderStorage } from '../../../adapters/storage/folder-storage.ts'
import type { Storage } from '../../../adapters/storage/storage.ts'
import { createStills } from '../../../gateway/removals/stills.ts'
import { matte } from '../../support/mattes.ts'

let folder: string
let storage: Storage
/** Every output that was read to draw it. */
let reads: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matteflow-stills-'))
  reads = []
  const own = createFolderStorage(folder)
  storage = {
    ...own,
    // As a bucket, whose objects have no path.
    localPath: () => undefined,
    read(key, options) {
      reads.push(key)
      return own.read(key, options)
    },
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function anOutput(name: string) {
  const key = `outputs/${name}/output.webm`
  await mkdir(dirname(join(folder, key)), { recursive: true })
  await copyFile(await matte('webm'), join(folder, key))
  return { key, sha256: name, format: 'webm', width: 240 } as const
}

describe('stills that many ask for', () => {
  it('are drawn once, and kept', async () => {
    const stills = createStills(storage)
    const output = await anOutput('one')

    const drawn = await Promise.all(Array.from({ length: 20 }, () => stills.draw(output)))
    const later = await stills.draw(output)

    expect(new Set([...drawn, later]).size).toBe(1)
    expect(reads).toEqual([output.key])
  })

  it('are drawn a few at a time, and beyond so many refused', async () => {
    const stills = createStills(storage, { atOnce: 2, waiting: 3 })
    const output = await anOutput('many')

    const asked = Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => stills.draw({ ...output, sha256: `many-${index}` })),
    )
    const begun = reads.length
    const ends = (await asked).map(({ status }) => status)

    expect(begun).toBeLessThanOrEqual(2)
    expect(ends).toEqual([...Array(5).fill('fulfilled'), ...Array(3).fill('rejected')])
    expect(reads).toHaveLength(5)
  })

  it('are drawn again after one that failed', async () => {
    const stills = createStills(storage)
    const output = await anOutput('later')
    const missing = { ...output, key: 'outputs/nowhere' }

    await expect(stills.draw(missing)).rejects.toThrow()

    expect((await stills.draw(output)).subarray(1, 4).toString()).toBe('PNG')
  })
})
