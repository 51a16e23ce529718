import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { replayHistories } from '../../worker/replay/replay-histories.ts'
import { HISTORIES, keptHistories } from './support/keep-history.ts'
import { wordsOf } from './support/scrub-history.ts'

const KEPT = Object.entries(await keptHistories()).flatMap(([release, names]) =>
  names.map((name) => join(HISTORIES, release, name)),
)

describe('the recorded histories', () => {
  it('replay against the workflow code of today', async () => {
    const results = await replayHistories(KEPT)

    expect(results.filter(({ outcome }) => outcome !== 'replays')).toEqual([])
    expect(results).toHaveLength(KEPT.length)
  })

  it.each(KEPT)('name no machine: %s', async (path) => {
    const words = wordsOf(gunzipSync(await readFile(path)).toString('utf8'))

    const machines = words.match(/[\w.-]+@[\w.-]+/g) ?? []
    expect(machines.filter((word) => !/^(1@host|worker@\d)/.test(word))).toEqual([])
    const paths = words.match(/(?<=file:\/\/|\()\/[^)\s"]+/g) ?? []
    expect(paths.filter((found) => !/^\/(home\/)?matteflow\//.test(found))).toEqual([])
  })
})
