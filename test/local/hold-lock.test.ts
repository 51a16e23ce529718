import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { holdLock, lockOwner } from '../../local/home/hold-lock.ts'
import { aHome } from './a-home.ts'

const CONTENDER = join(import.meta.dirname, 'lock-process.ts')
const GONE = { pid: 2 ** 22 + 1, startedAt: '1' }

const aLock = async () => join(await aHome(), 'locks', 'stack.lock')

/** As the process of that mark has left it. */
async function leaveBehind(path: string, owner: unknown, number = 1): Promise<void> {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, String(number)), JSON.stringify(owner))
}

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
  ['a process that is gone', GONE],
  ['a process whose id another one has now', { pid: process.pid, startedAt: 'before the last boot' }],
  ['nobody in particular', 'rubbish'],
])('is taken over from %s, by one of many', async (_name, owner) => {
  const path = await aLock()
  await leaveBehind(path, owner)
  expect(await lockOwner(path)).toBeNull()

  const all = await Promise.all(Array.from({ length: 12 }, () => holdLock(path)))

  expect(all.filter((lock) => lock !== null)).toHaveLength(1)
  expect(await lockOwner(path)).toMatchObject({ pid: process.pid })
  expect(await readdir(dirname(path))).toEqual(['stack.lock'])
  expect(await readdir(path)).toEqual(['2'])
})

it('stays with its owner when the one before releases once more', async () => {
  const path = await aLock()
  const before = await holdLock(path)
  await before?.release()
  await holdLock(path)

  await before?.release()

  expect(await lockOwner(path)).toMatchObject({ pid: process.pid })
  expect(await holdLock(path)).toBeNull()
})

it('is never held by two processes that take it, release it and take it again', async () => {
  const path = await aLock()
  await leaveBehind(path, GONE, 7)

  const contenders = Array.from({ length: 4 }, () => fork(CONTENDER, [path, '40']))
  const codes = await Promise.all(contenders.map(async (child) => (await once(child, 'exit'))[0] as number))

  expect(codes).toEqual([0, 0, 0, 0])
}, 60_000)

it('says so when it cannot be written', async () => {
  const home = await aHome()
  await writeFile(join(home, 'file'), '')

  await expect(holdLock(join(home, 'file', 'stack.lock'))).rejects.toMatchObject({
    kind: 'PlatformUnavailable',
  })
})
