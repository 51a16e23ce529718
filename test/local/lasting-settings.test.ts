import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { readLastingSettings, settleSettings } from '../../local/home/lasting-settings.ts'
import { aHome } from './a-home.ts'

it('keeps ports and sandbox key from one stack to the next', async () => {
  const home = await aHome()
  expect(await readLastingSettings(home)).toBeNull()

  const first = await settleSettings(home, { sandbox: true })

  expect(new Set(Object.values(first.ports)).size).toBe(6)
  expect(first.sandboxKey).toMatch(/^rbv_sandbox_[0-9a-f]{24}$/)
  expect(await settleSettings(home, { sandbox: null })).toEqual(first)
  expect(await settleSettings(home, { sandbox: false })).toEqual({ ...first, usedSandbox: false })
  expect(await readLastingSettings(home)).toEqual({ ...first, usedSandbox: false })
})

it('takes another port where somebody else has the last one', async () => {
  const home = await aHome()
  const first = await settleSettings(home, { sandbox: null })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(first.ports.books, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())

  const second = await settleSettings(home, { sandbox: null })

  expect(second.ports.books).not.toBe(first.ports.books)
  expect({ ...second.ports, books: 0 }).toEqual({ ...first.ports, books: 0 })
})
