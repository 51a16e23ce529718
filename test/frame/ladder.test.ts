import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  cacheFolder,
  ensureChromium,
  ensureFfmpeg,
  findFfmpeg,
  findPostgres,
  findTemporalServer,
  ToolMissing,
} from '#tools'
import { withLock } from '../../scripts/tools/with-lock.mjs'

let scratch = ''
let bin = ''
const quiet = () => {}

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'matteflow-ladder-'))
  bin = join(scratch, 'bin')
  mkdirSync(bin)
  vi.stubEnv('XDG_CACHE_HOME', join(scratch, 'cache'))
  vi.stubEnv('PATH', bin)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(scratch, { recursive: true, force: true })
})

function putCommand(name: string, { exitCode = 0, mode = 0o755 } = {}): string {
  const path = join(bin, name)
  writeFileSync(path, `#!/bin/sh\nexit ${exitCode}\n`, { mode })
  return path
}

/** As a process that died has left it. */
function leaveLock(name: string, owner: number): void {
  const lock = join(cacheFolder(), 'locks', name)
  mkdirSync(lock, { recursive: true })
  writeFileSync(join(lock, '1'), String(owner))
}

describe('a lock', () => {
  it('is taken over from an owner that died, by one at a time', async () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    leaveLock('thing', pid)
    let working = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++working)
      await setTimeout(1)
      working -= 1
    }

    await Promise.all([1, 2, 3].map(() => withLock('thing', quiet, work)))

    expect(most).toBe(1)
  })

  it('makes the second wait for the first, and says so once', async () => {
    const order: string[] = []
    const lines: string[] = []
    const release = Promise.withResolvers<void>()
    const first = withLock('thing', quiet, async () => {
      await release.promise
      order.push('first')
    })
    const waits = (text: string) => {
      lines.push(text)
      release.resolve()
    }
    const second = withLock('thing', waits, async () => void order.push('second'))

    await Promise.all([first, second])

    expect(order).toEqual(['first', 'second'])
    expect(lines).toEqual([`another process (${process.pid}) is at thing, waiting for it`])
  })

  it('is given back when the work fails', async () => {
    await expect(withLock('thing', quiet, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
    await expect(withLock('thing', quiet, async () => 'done')).resolves.toBe('done')
  })
})

describe('a tool on PATH', () => {
  it('is taken as it is', async () => {
    const found = { ffmpeg: putCommand('ffmpeg'), ffprobe: putCommand('ffprobe') }
    await expect(ensureFfmpeg({ log: quiet })).resolves.toEqual(found)
  })

  it('counts only when it can be run', async () => {
    putCommand('ffmpeg')
    putCommand('ffprobe', { mode: 0o644 })
    await expect(findFfmpeg()).resolves.toBeUndefined()
  })

  it('is PostgreSQL where both of its programs are', async () => {
    putCommand('initdb')
    await expect(findPostgres()).resolves.not.toBe(bin)
    putCommand('postgres')
    await expect(findPostgres()).resolves.toBe(bin)
  })

  it('is the Temporal server when it runs', async () => {
    const path = putCommand('temporal')
    await expect(findTemporalServer()).resolves.toBe(path)
  })

  it('is passed over for the cache when it does not run', async () => {
    putCommand('temporal', { exitCode: 1 })
    await expect(findTemporalServer()).resolves.toBeUndefined()

    const home = join(cacheFolder(), 'temporal-cli-1.8.2')
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'temporal'), '#!/bin/sh\n', { mode: 0o755 })
    await expect(findTemporalServer()).resolves.toBe(join(home, 'temporal'))
  })
})

describe('a tool that cannot be had', () => {
  it.each([
    { tool: 'ffmpeg', ensure: ensureFfmpeg },
    { tool: 'Chromium', ensure: ensureChromium },
  ])('is named with every way out: $tool', async ({ tool, ensure }) => {
    const error = await ensure({ log: quiet }).catch((reason: unknown) => reason)

    expect(error).toBeInstanceOf(ToolMissing)
    const missing = error as ToolMissing
    expect(missing.tool).toBe(tool)
    expect(missing.waysOut.length).toBeGreaterThan(0)
    for (const way of missing.waysOut) expect(missing.message).toContain(way)
  })

  it('ends with the last words of what was tried', () => {
    const { message } = new ToolMissing('a thing', ['buy one', 'borrow one'], 'first\nno route to host\n')
    expect(message).toContain('buy one')
    expect(message).toContain('borrow one')
    expect(message).toMatch(/no route to host$/)
  })
})
