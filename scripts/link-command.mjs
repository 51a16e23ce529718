import { existsSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** npx finds a package's own command only among its packages' commands, so it is put there. */
export function linkCommand() {
  const link = fileURLToPath(new URL('../node_modules/.bin/matteflow', import.meta.url))
  if (existsSync(link)) return
  // One that leads nowhere is left of an older checkout.
  rmSync(link, { force: true })
  symlinkSync('../../cli/matteflow.js', link)
}
