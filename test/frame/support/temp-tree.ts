import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface TempTree {
  path: string
  remove(): void
}

/** A checkout of its own with our packages and settings, and only these files. */
export function createTempTree(files: Record<string, string>, settings: string[]): TempTree {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'matteflow-tree-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  for (const name of ['package.json', 'tsconfig.json', ...settings])
    cpSync(join(ROOT, name), join(path, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
