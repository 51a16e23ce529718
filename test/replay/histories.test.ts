import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { replayHistories } from '../../testing/replay.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { SCENARIOS } from './scenarios.ts'
import { wordsOf } from './scrub-history.ts'

const FOLDER = join(import.meta.dirname, '../histories')
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

describe('the recorded histories', () => {
  it('replay against the workflow code of today', async () => {
    const results = await replayHistories(files.map((name) => join(FOLDER, name)))

    expect(results.filter(({ failure }) => failure !== null)).toEqual([])
    expect(results).toHaveLength(files.length)
  })

  it('cover every scenario', () => {
    expect(files).toEqual(expect.arrayContaining(Object.keys(SCENARIOS).map((name) => `${name}.json`)))
  })

  it.each(files)('name no machine: %s', async (name) => {
    const words = wordsOf(await readFile(join(FOLDER, name), 'utf8'))

    const machines = words.match(/[\w.-]+@[\w.-]+/g) ?? []
    expect(machines.filter((word) => !/^(1@host|worker@\d)/.test(word))).toEqual([])
    const paths = words.match(/(?<=file:\/\/|\()\/[^)\s"]+/g) ?? []
    expect(paths.filter((path) => !/^\/(home\/)?matteflow\//.test(path))).toEqual([])
  })
})

describe('a file that is no history', () => {
  it.each([
    ['no JSON', 'hello'],
    ['JSON of another kind', '{"state":"succeeded"}'],
  ])('is refused with its path: %s', async (_, content) => {
    const path = join(await tempFolder(), 'history.json')
    await writeFile(path, content)

    await expect(replayHistories([path])).rejects.toMatchObject({
      kind: 'InvalidRequest',
      message: expect.stringContaining(path),
    })
  })
})
