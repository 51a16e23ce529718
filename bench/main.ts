import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchRow, Figure } from './figure.ts'
import { pipelineFigure } from './pipeline/pipeline-figure.ts'
import { pollingFigure } from './polling/polling-figure.ts'
import { renderTable } from './render-table.ts'
import { startsFigure } from './starts/starts-figure.ts'
import { transfersFigure } from './transfers/transfers-figure.ts'

const FIGURES: Record<string, Figure> = {
  polling: pollingFigure,
  starts: startsFigure,
  transfers: transfersFigure,
  pipeline: pipelineFigure,
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const { quick, json, only } = values
if (only !== undefined && !(only in FIGURES)) {
  console.error(`--only: expected one of ${Object.keys(FIGURES).join(', ')}, not ${only}`)
  process.exit(2)
}

const rows: BenchRow[] = []
const folder = await mkdtemp(join(tmpdir(), 'matteflow-bench-'))
try {
  for (const [name, figure] of Object.entries(FIGURES)) {
    if (only !== undefined && only !== name) continue
    const progress = (line: string): void => console.error(`${name}: ${line}`)
    progress('measuring')
    rows.push(...(await figure({ quick, folder, progress })))
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.log(json ? JSON.stringify({ quick, node: process.version, rows }, null, 2) : renderTable(rows))
