import { aptInstall } from './apt-install.mjs'
import { findOnPath } from './find-on-path.mjs'
import { ToolMissing } from './tool-missing.mjs'

export async function findChromium() {
  return findOnPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
}

/** @param {{ log?: (line: string) => void }} [options] */
export async function ensureChromium({ log = console.error } = {}) {
  const found = await findChromium()
  if (found) return found
  const problem = await aptInstall(['chromium'], log)
  const installed = await findChromium()
  if (installed) return installed
  throw new ToolMissing('Chromium', ['install chromium or google-chrome, so that it is on PATH'], problem)
}
