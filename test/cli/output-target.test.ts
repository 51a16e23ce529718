import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkedTarget, defaultTarget } from '../../cli/removal/output-target.ts'

let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'matteflow-out-')))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

describe('an output that was not named', () => {
  it('goes beside what is here, with the extension of its format', async () => {
    expect(await defaultTarget('/videos/walk.mp4', 'webm')).toBe(join(folder, 'walk.cutout.webm'))
    expect(await defaultTarget('/videos/walk.mp4', 'png_sequence')).toBe(join(folder, 'walk.cutout.zip'))
    expect(await defaultTarget('', 'mov')).toBe(join(folder, 'video.cutout.mov'))
  })

  it('never replaces what is there', async () => {
    await writeFile(join(folder, 'walk.cutout.webm'), 'mine')
    await writeFile(join(folder, 'walk.cutout-2.webm'), 'mine too')

    expect(await defaultTarget('walk.mp4', 'webm')).toBe(join(folder, 'walk.cutout-3.webm'))
  })
})

describe('an output that was named', () => {
  it('may replace a file, and leaves nothing else behind', async () => {
    await writeFile(join(folder, 'old.webm'), 'old')

    expect(await checkedTarget('old.webm')).toBe(join(folder, 'old.webm'))
    expect(await readdir(folder)).toEqual(['old.webm'])
  })

  it.each([
    ['.', 'is a folder'],
    ['new/', 'is a folder'],
    ['nowhere/a.webm', 'does not exist'],
    ['/proc/a.webm', 'cannot be written'],
  ])('is refused when nothing can be written at %s', async (out, said) => {
    await expect(checkedTarget(out)).rejects.toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining(said),
    })
  })
})
