import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { homePaths } from '../../local/home/home-paths.ts'
import { agreeOnSettings, readLastingSettings } from '../../local/home/lasting-settings.ts'
import { aHome } from './support/a-home.ts'

it('keeps ports and sandbox key from one stack to the next', async () => {
  const home = await aHome()
  expect(await readLastingSettings(home)).toBeNull()

  const first = await agreeOnSettings(home, { firstPort: 20_016, sandbox: true })

  expect(first).toMatchObject({ firstPort: 20_016, usedSandbox: true })
  expect(first.sandboxKey).toMatch(/^rbv_sandbox_[0-9a-f]{24}$/)
  expect(await agreeOnSettings(home, { firstPort: 20_032, sandbox: null })).toEqual({
    ...first,
    firstPort: 20_032,
  })
  await agreeOnSettings(home, { firstPort: 20_032, sandbox: false })
  expect(await readLastingSettings(home)).toEqual({ ...first, firstPort: 20_032, usedSandbox: false })
})

it('keeps the sandbox key of an older build, which chose its ports one by one', async () => {
  const home = await aHome()
  const older = {
    ports: { temporal: 40_001, books: 40_002 },
    sandboxKey: 'rbv_sandbox_old',
    usedSandbox: true,
  }
  await writeFile(homePaths(home).lasting, JSON.stringify(older))

  expect(await readLastingSettings(home)).toEqual({
    firstPort: null,
    sandboxKey: 'rbv_sandbox_old',
    usedSandbox: true,
  })
})
