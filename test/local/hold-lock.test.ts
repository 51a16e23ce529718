import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { holdLock, lockOwner } from '../../local/hold-lock.ts'
import { aHome } from './a-home.ts'

const aLock = async () => join(await aHome(), 'locks', 'stack.lock')

it('is held by one of several contenders, until that one releases it', async () => {
  const path = await aLock()

  const [held, ...others] = (await Promise.all([1, 2, 3, 4].map(() => holdLock(path)))).toSorted((lock) =>
    lock === null ? 1 : -1,
  )

  expect(others).toEqual([null, null, null])
  expect(await lockOwner(path)).toMatchObject({ pid: process.pid })
  await held?.release()
  expect(await lockOwner(path)).toBeNull()
  expect(await holdLock(path)).not.toBeNull()
})

it.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, startedAt: '1' }],
  ['a process whose id another one has now', { pid: process.pid, startedAt: 'before the last boot' }],
  ['nobody in particular', 'rubbish'],
])('is taken over from %s', async (_name, owner) => {
  const path = await aLock()
  await (await holdLock(path))?.release()
  await writeFile(path, JSON.stringify(owner))
  expect(await lockOwner(path)).toBeNull()

  const all = await Promise.all([1, 2, 3].map(() => holdLock(path)))

  expect(all.filter((lock) => lock !== null)).toHaveLength(1)
  expect(await lockOwner(path)).toMatchObject({ pid: process.pid })
  expect(await readdir(dirname(path))).toEqual(['stack.lock'])
})

it('says so when it cannot be written', async () => {
  const home = await aHome()
  await writeFile(join(home, 'file'), '')

  await expect(holdLock(join(home, 'file', 'stack.lock'))).rejects.toThrow()
})
