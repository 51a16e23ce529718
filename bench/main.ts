import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endWithNpm } from '../cli/end-with-npm.js'
import type { BenchRow } from './figure.ts'
import { FIGURES } from './figures.ts'
import { renderTable } from './render-table.ts'

/** Left before its end, as shells count Ctrl-C. */
const INTERRUPTED_EXIT_CODE = 130
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

/** The figure that is being measured, and what it has put anywhere. */
let measuring: { child: ChildProcess; folder: string } | undefined
endWithNpm()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endNow)

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
      // A group of its own: whatever the figure has started ends with it.
      const child = fork(FIGURE, args, { stdio: ['ignore', 2, 2, 'ipc'], detached: true })
      measuring = { child, folder }
      child.once('message', (message) => resolve(message as BenchRow[]))
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`the figure ended with ${code} and no rows`)))
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function endNow(): void {
  if (measuring?.child.pid !== undefined) {
    try {
      process.kill(-measuring.child.pid, 'SIGKILL')
    } catch {
      // A system without groups of processes, or one that has just ended.
      measuring.child.kill('SIGKILL')
    }
    rmSync(measuring.folder, { recursive: true, force: true })
  }
  process.exit(INTERRUPTED_EXIT_CODE)
}
