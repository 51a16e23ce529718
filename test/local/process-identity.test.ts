import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { identifyProcess, isInSight, isRunning, signalProcess } from '../../local/home/process-identity.ts'

it('knows a living process, and no other with its id', async () => {
  const identity = await identifyProcess(process.pid)

  expect(identity).toMatchObject({ pid: process.pid, startedAt: expect.stringMatching(/./) })
  if (identity === null) throw new TypeError('unreachable')
  expect(await isRunning(identity)).toBe(true)
  expect(await isRunning({ ...identity, startedAt: `${identity.startedAt}0` })).toBe(false)
})

it('takes no process for one of another container that has its id, and can tell that it cannot see that one', async () => {
  const identity = await identifyProcess(process.pid)
  if (identity === null) throw new TypeError('unreachable')
  const elsewhere = { ...identity, space: 'another boot pid:[1]' }

  expect(await isRunning(elsewhere)).toBe(false)
  expect(await isInSight(elsewhere)).toBe(false)
  expect(await isInSight(identity)).toBe(true)
})

it('does not take a dead process for a living one', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const pid = child.pid ?? 0
  const identity = await identifyProcess(pid)
  if (identity === null) throw new TypeError('the child does not run')
  const exit = once(child, 'exit')

  signalProcess(pid, 'SIGKILL')
  await exit

  expect(await identifyProcess(pid)).toBeNull()
  expect(await isRunning(identity)).toBe(false)
  expect(() => signalProcess(pid, 'SIGTERM')).not.toThrow()
})
