import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { ROOT } from '../frame/support/temp-tree.ts'

/** It starts a worker with less than a worker has, which nothing but a run of it can see. */
it('a worker start is measured, beside a bare Node', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'bench/main.ts'), '--quick', '--json', '--only', 'starts'],
    { cwd: ROOT },
  )

  const { rows } = JSON.parse(stdout) as { rows: { figure: string; value: number }[] }
  expect(rows.map(({ figure }) => figure)).toEqual([
    'command line --help',
    'worker start to ready, prebuilt bundle',
  ])
  for (const { value } of rows) expect(value).toBeGreaterThan(0)
}, 120_000)
