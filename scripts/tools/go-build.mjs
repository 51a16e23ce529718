import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.mjs'
import { findOnPath } from './find-on-path.mjs'
import { runCommand } from './run-command.mjs'

/**
 * Builds one command of a Go module whose versions its go.sum pins, and puts it into `home` whole or not at all.
 * @param {{ module: string, what: string, home: string, name: string, ldflags?: string }} build
 *   `module`: the folder with go.mod; `what`: the package to build; `name`: of the command
 * @param {(line: string) => void} log
 * @returns {Promise<string>} what went wrong; empty when it is there
 */
export async function goBuild({ module, what, home, name, ldflags = '-s -w' }, log) {
  const go = findOnPath('go')
  if (!go) return 'go is not on PATH'
  mkdirSync(cacheFolder(), { recursive: true })
  const workshop = mkdtempSync(join(cacheFolder(), 'build-'))
  try {
    cpSync(module, workshop, { recursive: true })
    const args = ['build', '-mod=readonly', '-ldflags', ldflags, '-o', join(workshop, 'out', name), what]
    const result = await runCommand(go, args, { cwd: workshop, log, doing: `building ${name}` })
    if (result.code !== 0) return result.output
    rmSync(home, { recursive: true, force: true })
    renameSync(join(workshop, 'out'), home)
    return ''
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}
