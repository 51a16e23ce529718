import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { isInSight, isRunning, markProcess, signalProcess } from '../../local/home/process-mark.ts'

it('knows a living process, and no other with its id', async () => {
  const mark = await markProcess(process.pid)

  expect(mark).toMatchObject({ pid: process.pid, startedAt: expect.stringMatching(/./) })
  if (mark === null) throw new TypeError('unreachable')
  expect(await isRunning(mark)).toBe(true)
  expect(await isRunning({ ...mark, startedAt: `${mark.startedAt}0` })).toBe(false)
})

it('takes no process for one of another container that has its id, and can tell that it cannot see that one', async () => {
  const mark = await markProcess(process.pid)
  if (mark === null) throw new TypeError('unreachable')
  const elsewhere = { ...mark, space: 'another boot pid:[1]' }

  expect(await isRunning(elsewhere)).toBe(false)
  expect(await isInSight(elsewhere)).toBe(false)
  expect(await isInSight(mark)).toBe(true)
})

it('does not take a dead process for a living one', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const pid = child.pid ?? 0
  const mark = await markProcess(pid)
  if (mark === null) throw new TypeError('the child does not run')
  const exit = once(child, 'exit')

  signalProcess(pid, 'SIGKILL')
  await exit

  expect(await markProcess(pid)).toBeNull()
  expect(await isRunning(mark)).toBe(false)
  expect(() => signalProcess(pid, 'SIGTERM')).not.toThrow()
})
