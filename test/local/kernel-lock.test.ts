import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { isKernelLocked, takeKernelLock } from '../../local/home/kernel-lock.ts'
import { inNamespaces } from './support/in-namespaces.ts'

const CONTENDER = join(import.meta.dirname, 'support/lock-process.ts')

async function aLock(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'home.lock')
}

/** A process that tries to take the lock and stays; gives what it says first, and ends it as `kill -9` does. */
async function contender(path: string, { apart = false, what = 'hold' } = {}) {
  const [command, ...args] = apart ? inNamespaces() : [process.execPath]
  const child = spawn(command, [...args, CONTENDER, what, path], { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  const [said] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { said, kill }
}

it('is held by one of several contenders, until that one releases it', async () => {
  const path = await aLock()
  expect(isKernelLocked(path)).toBe(false)

  const taken = await Promise.all([1, 2, 3, 4].map(() => takeKernelLock(path)))

  expect(taken.filter((lock) => lock !== null)).toHaveLength(1)
  expect(isKernelLocked(path)).toBe(true)
  for (const lock of taken) lock?.release()
  expect(isKernelLocked(path)).toBe(false)
  expect(await takeKernelLock(path)).not.toBeNull()
  expect(await readdir(join(path, '..'))).toEqual(['home.lock'])
})

it('stays with its owner when the one before releases once more, and when others ask', async () => {
  const path = await aLock()
  const before = await takeKernelLock(path)
  before?.release()
  await takeKernelLock(path)

  before?.release()
  isKernelLocked(path)

  expect((await contender(path)).said).toBe('refused')
})

it('is never held by two processes that take it, release it and take it again', async () => {
  const path = await aLock()

  const contenders = Array.from({ length: 4 }, () =>
    spawn(process.execPath, [CONTENDER, 'turns', path, '40'], { stdio: 'inherit' }),
  )
  const codes = await Promise.all(contenders.map(async (child) => (await once(child, 'exit'))[0] as number))

  expect(codes).toEqual([0, 0, 0, 0])
}, 60_000)

it.each([
  ['of the same container', false],
  ['of other namespaces for processes and network', true],
])(
  'is held against processes %s, and let go by kill -9',
  async (_name, apart) => {
    const path = await aLock()
    const owner = await contender(path, { apart })
    expect(owner.said).toBe('held')

    expect(isKernelLocked(path)).toBe(true)
    expect((await contender(path, { apart: true })).said).toBe('refused')
    expect(await takeKernelLock(path)).toBeNull()
    await owner.kill()

    expect(await takeKernelLock(path)).not.toBeNull()
  },
  30_000,
)

it('is not held by the children of a process that was killed', async () => {
  const path = await aLock()
  const owner = await contender(path, { what: 'forked' })
  expect(owner.said).toBe('held')

  await owner.kill()

  expect((await contender(path)).said).toBe('held')
}, 30_000)

it('says so when it cannot be had at all', async () => {
  const path = await aLock()
  await writeFile(path, '')

  await expect(takeKernelLock(join(path, 'home.lock'))).rejects.toMatchObject({
    kind: 'PlatformUnavailable',
    message: expect.stringContaining('cannot be locked'),
  })
})
