// Runs Vitest and ends with one line of real counts, whatever the reporters print. `--full` plays both matrices whole,
// as `MATRIX=full` does.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { countsFrom } from './test-counts.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'matteflow-tests-'))
const report = join(scratch, 'report.json')
const given = process.argv.slice(2)
const args = [
  join(ROOT, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...given.filter((argument) => argument !== '--full'),
]
const env = {
  ...process.env,
  TEST_HEADLINES: scratch,
  ...(given.includes('--full') ? { MATRIX: 'full' } : {}),
}
const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env })
const counts = countsFrom(existsSync(report) ? readFileSync(report, 'utf8') : '')
for (const name of readdirSync(scratch)
  .filter((file) => file.endsWith('.txt'))
  .sort()) {
  process.stdout.write(`${readFileSync(join(scratch, name), 'utf8').trim()}\n`)
}
rmSync(scratch, { recursive: true, force: true })
const isGreen = status === 0 && counts.failed === 0 && counts.passed > 0
const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`
console.log(
  `${counts.passed} passed, ${isGreen ? counts.failed : Math.max(1, counts.failed)} failed${skipped}`,
)
process.exit(isGreen ? 0 : 1)
