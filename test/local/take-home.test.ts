import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ensureTemporalServer } from '#tools'
import { homePaths, makeHome } from '../../local/home/home-paths.ts'
import { isDatabaseOpen } from '../../local/home/kernel-lock.ts'
import { identifyProcess } from '../../local/home/process-identity.ts'
import { homeOwner, homeTaken, isHomeTaken, takeHome } from '../../local/home/take-home.ts'
import { takePortBlock } from '../../local/processes/port-block.ts'
import { awaitFreeDatabases } from '../../local/stack/clear-leftovers.ts'
import { serveLedger, serveOwnLedger } from '../../local/stack/serve-ledger.ts'
import { temporalArguments } from '../../local/stack/stack-plan.ts'
import { stopStack } from '../../local/stack/stop-stack.ts'
import { aHome } from './support/a-home.ts'
import { inNamespaces } from './support/in-namespaces.ts'

it('belongs to one process, which can be asked for by name, until that one lets go', async () => {
  const home = await aHome()
  expect(await homeOwner(home)).toBeNull()

  const taken = await takeHome(home, 'stack')

  expect(await takeHome(home, 'ledger')).toBeNull()
  expect(await homeOwner(home)).toMatchObject({ pid: process.pid, use: 'stack' })
  expect(await homeTaken(home)).toMatchObject({
    kind: 'InvalidRequest',
    message: expect.stringContaining(`an embedded stack of ${home} runs already, in process ${process.pid}`),
    facts: { hint: expect.stringContaining('matteflow stop') },
  })
  taken?.release()
  expect(await homeOwner(home)).toBeNull()
  expect(await isHomeTaken(home)).toBe(false)
})

it('is refused to a second process that would open its ledger', async () => {
  const home = await aHome()
  const ledger = await serveOwnLedger(home)

  await expect(serveOwnLedger(home)).rejects.toMatchObject({
    kind: 'PlatformUnavailable',
    message: expect.stringContaining(`the ledger of ${home} is open in process ${process.pid}`),
  })
  // As a ledger process that a killed supervisor left behind meets the next one's.
  await expect(serveLedger(home)).rejects.toMatchObject({ kind: 'PlatformUnavailable' })
  // There is no stack to stop, and the ledger stays open.
  expect(await stopStack(home)).toEqual({ wasRunning: false, unfinished: null })
  expect(await isHomeTaken(home)).toBe(true)

  await ledger.close()
  await (await serveOwnLedger(home)).close()
})

it.runIf(process.platform === 'linux').each(['/proc', '/proc/matteflow', '/dev/null/home', '/etc/passwd'])(
  'is refused where it cannot be made: %s',
  async (home) => {
    await expect(makeHome(home)).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: expect.stringContaining(`MATTEFLOW_HOME: ${home} cannot be written`),
    })
  },
)

it.each(['stack.lock', 'books.lock'])(
  'belongs to a process of an older build that has its %s',
  async (name) => {
    const home = await aHome()
    await mkdir(join(home, name))
    const identity = await identifyProcess(process.pid)
    await writeFile(
      join(home, name, '3'),
      JSON.stringify({ pid: identity?.pid, startedAt: identity?.startedAt }),
    )

    expect(await takeHome(home, 'stack')).toBeNull()
    expect(await homeOwner(home)).toMatchObject({ pid: process.pid, use: 'stack' })

    await writeFile(join(home, name, '3'), 'null')
    const taken = await takeHome(home, 'stack')
    expect(taken).not.toBeNull()
    taken?.release()
  },
)

it('says in one sentence that it cannot be written', async () => {
  const folder = await aHome()
  await writeFile(join(folder, 'file'), '')
  const home = join(folder, 'file', 'home')

  for (const take of [() => takeHome(home, 'stack'), () => serveLedger(home), () => serveOwnLedger(home)]) {
    await expect(take()).rejects.toMatchObject({
      kind: 'PlatformUnavailable',
      message: `MATTEFLOW_HOME: ${home} cannot be written (ENOTDIR)`,
    })
  }
})

it('is not opened beside a Temporal server that a killed stack has left in another container', async () => {
  const home = await aHome()
  const { ports, release } = await takePortBlock(null)
  onTestFinished(release)
  const { temporal } = homePaths(home)
  const args = temporalArguments({ databaseFile: temporal, ports })
  const [command, ...apart] = inNamespaces(await ensureTemporalServer())
  const server = spawn(command, [...apart, ...args], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  onTestFinished(() => void server.kill('SIGKILL'))
  await vi.waitFor(() => expect(isDatabaseOpen(temporal)).toBe(true), { timeout: 20_000, interval: 100 })

  await expect(awaitFreeDatabases(home, 300)).rejects.toMatchObject({
    kind: 'PlatformUnavailable',
    message: expect.stringContaining(`${temporal} is still open in a process`),
  })

  server.kill('SIGKILL')
  await ended
  await awaitFreeDatabases(home, 5_000)
}, 30_000)
