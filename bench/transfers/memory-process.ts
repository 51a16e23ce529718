import { mkdir } from 'node:fs/promises'
import { FILE_PATHS, warmUp } from './file-paths.ts'
import { peakMebibytes } from './peak-memory.ts'

// One path of a file in a process of its own: `<name> <base url> <file> <folder> <folder on another device>`; prints a
// JSON line with the seconds it took and the MiB above what the idle process held, null where the system does not tell.
const [name = '', baseUrl = '', path = '', folder = '', otherDevice = ''] = process.argv.slice(2)
const context = { baseUrl, path, folder, otherDevice }
await mkdir(folder, { recursive: true })
await warmUp(context)
const idle = peakMebibytes()
const begun = performance.now()
await FILE_PATHS[name]?.(context)
const seconds = (performance.now() - begun) / 1_000
const peak = peakMebibytes()
console.log(JSON.stringify({ seconds, aboveIdle: peak === null || idle === null ? null : peak - idle }))
process.exit(0)
