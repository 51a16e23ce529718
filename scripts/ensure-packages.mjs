import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './tools/run-command.mjs'
import { ToolMissing } from './tools/tool-missing.mjs'
import { withLock } from './tools/with-lock.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const STAMP = join(ROOT, 'node_modules', '.matteflow-packages')

/**
 * Installs the npm packages of the lock file unless they are there; asks no registry when they are.
 * @param {{ log: (line: string) => void }} options
 */
export async function ensurePackages({ log }) {
  if (isCurrent()) return
  await withLock('packages', log, async () => {
    if (isCurrent()) return
    log('installing npm packages (once, about half a minute)')
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const result = await runCommand(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: ROOT,
      log,
      doing: 'installing npm packages',
    })
    if (result.code !== 0) {
      throw new ToolMissing(
        'npm packages',
        ['check the network and run the command again', 'npm ci'],
        result.output,
      )
    }
    writeFileSync(STAMP, lockHash())
  })
}

function isCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockHash()
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
}
