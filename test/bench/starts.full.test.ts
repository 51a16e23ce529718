import { expect, it } from 'vitest'
import { startsFigure } from '../../bench/starts/starts-figure.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** It starts a worker with less than a worker has, which nothing but a run of it can see. */
it('a worker start is measured, beside a bare Node', async () => {
  const rows = await startsFigure({ quick: true, folder: await tempFolder(), progress: () => {} })

  expect(rows.map(({ figure }) => figure)).toEqual([
    'command line --help',
    'worker start to ready, prebuilt bundle',
  ])
  for (const { value } of rows) expect(value).toBeGreaterThan(0)
}, 120_000)
