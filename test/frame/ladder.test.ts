import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  cacheFolder,
  ensureChromium,
  ensureFfmpeg,
  findFfmpeg,
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

const lockPath = (name: string) => join(cacheFolder(), 'locks', `${name}.lock`)

function leaveLock(name: string, owner: number): void {
  mkdirSync(lockPath(name), { recursive: true })
  writeFileSync(join(lockPath(name), 'pid'), String(owner))
}

describe('a lock', () => {
  it('is taken over from an owner that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    leaveLock('thing', pid)

    await expect(withLock('thing', quiet, async () => 'done')).resolves.toBe('done')

    expect(existsSync(lockPath('thing'))).toBe(false)
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
    expect(existsSync(lockPath('thing'))).toBe(false)
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
