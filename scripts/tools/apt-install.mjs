import { findOnPath } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'

/**
 * Installs Debian packages where this process may.
 * @param {string[]} packages
 * @param {(line: string) => void} log
 * @returns {Promise<string>} what went wrong; empty when installed
 */
export async function aptInstall(packages, log) {
  if (!findOnPath('apt-get') || process.getuid?.() !== 0) return 'apt-get is not there, or this is not root'
  const doing = `installing ${packages.join(', ')} from Debian`
  log(`${doing} (once)`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const update = await runCommand('apt-get', ['update', '-qq'], { env, log, doing })
  if (update.code !== 0) return update.output
  const install = await runCommand(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    { env, log, doing },
  )
  return install.code === 0 ? '' : install.output || 'apt-get install failed'
}
