import { fileURLToPath } from 'node:url'

/** What operators run. */
export const LAUNCHER = fileURLToPath(new URL('../../../cli/matteflow.js', import.meta.url))
