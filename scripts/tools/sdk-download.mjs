import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isExecutable } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'

/** A network that swallows packets never answers. With a working connection the download is done long before this. */
const TIMEOUT_MS = 120_000
const CHILD = fileURLToPath(new URL('./download-with-sdk.mjs', import.meta.url))

/**
 * Lets Temporal's SDK download its server into our cache; without internet that fails within milliseconds.
 * @param {'dev' | 'time-skipping'} kind
 * @param {string} home
 * @param {string} name
 * @param {string} version of what is downloaded; "default" is the one that the SDK thinks best
 * @returns {Promise<string | undefined>}
 */
export async function sdkDownload(kind, home, name, version) {
  const folder = `${home}-download`
  mkdirSync(folder, { recursive: true })
  const { code, output } = await runCommand(process.execPath, [CHILD, kind, folder, version], {
    timeoutMs: TIMEOUT_MS,
  })
  const downloaded = output.trim().split('\n').at(-1) ?? ''
  if (code !== 0 || !isExecutable(downloaded)) return undefined
  mkdirSync(home, { recursive: true })
  copyFileSync(downloaded, join(home, `${name}.partial`))
  renameSync(join(home, `${name}.partial`), join(home, name))
  return join(home, name)
}
