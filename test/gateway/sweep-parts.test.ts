import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sweepParts } from '../../gateway/uploads/sweep-parts.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('parts that a killed gateway left go after an hour, and those in use stay', async () => {
  const folder = await tempFolder()
  const put = async (name: string, minutes: number): Promise<void> => {
    const at = new Date(Date.now() - minutes * 60_000)
    await writeFile(join(folder, name), 'a part')
    await utimes(join(folder, name), at, at)
  }
  await put('dead', 61)
  await put('slow', 59)
  await mkdir(join(folder, 'stills'))

  expect(await sweepParts(folder, Date.now())).toBe(1)
  expect((await readdir(folder)).toSorted((a, b) => a.localeCompare(b))).toEqual(['slow', 'stills'])
  expect(await sweepParts(folder, Date.now() + 2 * 3_600_000)).toBe(2)
})
