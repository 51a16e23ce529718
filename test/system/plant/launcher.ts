import { fileURLToPath } from 'node:url'

/** What operators run. */
export const LAUNCHER = fileURLToPath(new URL('../../../bin/matteflow.js', import.meta.url))
