import { aptInstall } from './apt-install.mjs'
import { findOnPath } from './find-on-path.mjs'
import { ToolMissing } from './tool-missing.mjs'

export async function findPromtool() {
  return findOnPath('promtool')
}

/**
 * Prometheus's own judge of rules, of Debian's package `prometheus`.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensurePromtool({ log = console.error } = {}) {
  const found = await findPromtool()
  if (found) return found
  const problem = await aptInstall(['prometheus'], log)
  const installed = await findPromtool()
  if (installed) return installed
  throw new ToolMissing('promtool', ['install Prometheus, so that promtool is on PATH'], problem)
}
