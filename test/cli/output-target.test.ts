import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OutputTarget } from '../../cli/removal/output-target.ts'
import { defaultTarget, namedTarget } from '../../cli/removal/output-target.ts'

let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'matteflow-out-')))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

/** As a removal ends: a finished file of the folder takes its name. */
async function finish(target: OutputTarget, content: string): Promise<string> {
  const part = join(folder, `.${randomUUID()}.part`)
  await writeFile(part, content)
  return target.take(part)
}

describe('an output that was not named', () => {
  it.each([
    ['/videos/walk.mp4', 'webm', 'walk.cutout.webm'],
    ['/videos/walk.mp4', 'png_sequence', 'walk.cutout.zip'],
    ['', 'mov', 'video.cutout.mov'],
    ['/videos/\u001b[2Jwalk\n.mp4', 'webm', '_[2Jwalk_.cutout.webm'],
  ] as const)(
    'of %j goes beside what is here, with the extension of its format',
    async (source, format, name) => {
      const target = await defaultTarget(source, format)

      expect(target.path).toBe(join(folder, name))
      expect(await readdir(folder)).toEqual([])
      expect(await finish(target, 'out')).toBe(join(folder, name))
    },
  )

  it('never replaces what is there, nor what came while it was made', async () => {
    await writeFile(join(folder, 'walk.cutout.webm'), 'mine')
    const target = await defaultTarget('walk.mp4', 'webm')
    await writeFile(join(folder, 'walk.cutout-2.webm'), 'mine too')

    expect(await finish(target, 'out')).toBe(join(folder, 'walk.cutout-3.webm'))
    expect(await readFile(join(folder, 'walk.cutout-2.webm'), 'utf8')).toBe('mine too')
  })

  it('has a name of its own for each of many that end at the same time', async () => {
    const targets = await Promise.all(Array.from({ length: 8 }, () => defaultTarget('walk.mp4', 'webm')))

    const paths = await Promise.all(targets.map((target, index) => finish(target, `output ${index}`)))

    expect(new Set(paths).size).toBe(8)
    expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(
      targets.map((_, index) => `output ${index}`),
    )
    expect(await readdir(folder)).toHaveLength(8)
  })

  it.each(['視'.repeat(83), '👩‍🚀'.repeat(23), 'x'.repeat(251), 'é'.repeat(125)])(
    'is shortened by bytes, between characters, when its input has a long name: %s',
    async (stem) => {
      const [first, second] = [
        await finish(await defaultTarget(`${stem}.mp4`, 'webm'), 'one'),
        await finish(await defaultTarget(`${stem}.mp4`, 'webm'), 'two'),
      ]

      for (const path of [first, second]) {
        const [, kept] = /^(.*)\.cutout(?:-2)?\.webm$/u.exec(basename(path)) ?? []
        expect(stem.startsWith(kept ?? '?')).toBe(true)
        expect(/[\u{d800}-\u{dfff}]/u.test(kept ?? '')).toBe(false)
        expect(Buffer.byteLength(basename(path))).toBeGreaterThan(228)
      }
      expect(first).not.toBe(second)
    },
  )
})

describe('an output that was named', () => {
  it('may replace a file, and leaves nothing else behind', async () => {
    await writeFile(join(folder, 'old.webm'), 'old')
    const target = await namedTarget('old.webm')

    expect(await readFile(join(folder, 'old.webm'), 'utf8')).toBe('old')
    expect(await finish(target, 'new')).toBe(join(folder, 'old.webm'))
    expect(await readFile(join(folder, 'old.webm'), 'utf8')).toBe('new')
    expect(await readdir(folder)).toEqual(['old.webm'])
  })

  it('replaces the file that a link names, not the link', async () => {
    await writeFile(join(folder, 'old.webm'), 'old')
    await symlink('old.webm', join(folder, 'link.webm'))

    expect(await finish(await namedTarget('link.webm'), 'new')).toBe(join(folder, 'old.webm'))
    expect(await readFile(join(folder, 'link.webm'), 'utf8')).toBe('new')
  })

  it('may be as long as names of files are', async () => {
    const name = `${'x'.repeat(250)}.webm`

    expect(await finish(await namedTarget(name), 'out')).toBe(join(folder, name))
  })

  it.each([
    ['.', 'is a folder'],
    ['new/', 'is a folder'],
    ['nowhere/a.webm', 'does not exist'],
    ['/proc/a.webm', 'cannot be written'],
    ['/dev/null', 'is not a file'],
    [`${'視'.repeat(85)}.webm`, 'cannot be written (ENAMETOOLONG)'],
  ])('is refused when nothing can be written at %s', async (out, said) => {
    await expect(namedTarget(out)).rejects.toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining(said),
    })
  })

  it('is refused when it is the input under another name', async () => {
    await writeFile(join(folder, 'clip.mp4'), 'input')
    await symlink('clip.mp4', join(folder, 'same.mp4'))

    await expect(namedTarget('same.mp4', join(folder, 'clip.mp4'))).rejects.toMatchObject({
      message: expect.stringContaining('is the input'),
    })
  })
})
