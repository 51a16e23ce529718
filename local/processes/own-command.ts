import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Node and the launcher of this very package: how a process starts another role of matteflow. */
export function ownCommand(): { command: string; args: string[] } {
  const here = ['../../cli/matteflow.js', '../../../cli/matteflow.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  const launcher = here.find((path) => existsSync(path))
  if (launcher === undefined) throw new TypeError('the launcher cli/matteflow.js is missing')
  return { command: process.execPath, args: [launcher] }
}
