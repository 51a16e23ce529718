import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { BenchRow } from './figure.ts'
import { FIGURES } from './figures.ts'
import { renderTable } from './render-table.ts'

const FIGURE = fileURLToPath(new URL('./figure-process.ts', import.meta.url))

const { quick, json, only } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
}).values
const names = Object.keys(FIGURES)
if (only !== undefined && !names.includes(only)) {
  console.error(`--only: expected one of ${names.join(', ')}, not ${only}`)
  process.exit(2)
}

const rows: BenchRow[] = []
for (const name of only === undefined ? names : [only]) {
  try {
    rows.push(...(await measured(name)))
  } catch (error) {
    // What the other figures have taken minutes for is still worth printing.
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
console.log(json ? JSON.stringify({ quick, node: process.version, rows }, null, 2) : renderTable(rows))

/** Servers that a figure starts write to its stdout: it is not ours, or the JSON would not be alone there. */
async function measured(name: string): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-bench-'))
  try {
    return await new Promise((resolve, reject) => {
      const args = [name, folder, ...(quick ? ['quick'] : [])]
      const child = fork(FIGURE, args, { stdio: ['ignore', 2, 2, 'ipc'] })
      child.once('message', (message) => resolve(message as BenchRow[]))
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`the figure ended with ${code} and no rows`)))
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
