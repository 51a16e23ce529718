import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { breakersFolder, openBreakersFile } from '../../worker/breakers-file.ts'

it('names the breakers that are tripped, and is gone when none is', async () => {
  const work = await mkdtemp(join(tmpdir(), 'matteflow-breakers-'))
  onTestFinished(() => rm(work, { recursive: true }))
  const file = openBreakersFile(work)
  file.show('startJob', 'open')
  file.show('getJob', 'open')
  file.show('startJob', 'half-open')
  const [name = ''] = await readdir(breakersFolder(work))

  expect(JSON.parse(await readFile(join(breakersFolder(work), name), 'utf8'))).toEqual([
    { operation: 'startJob', state: 'half-open', since: expect.any(String) },
    { operation: 'getJob', state: 'open', since: expect.any(String) },
  ])

  file.show('getJob', 'closed')
  file.show('startJob', 'closed')
  expect(await readdir(breakersFolder(work))).toEqual([])
})
