import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './support/temp-tree.ts'

/** Where a Temporal client may be made: one that forgets the keys writes in clear, and cannot read what others wrote. */
const PLACES = ['worker/serve-removals.ts', 'worker/temporal/open-client.ts']

it('makes every Temporal client where the codec of payloads is given to it', async () => {
  const folders = ['activities', 'adapters', 'cli', 'client', 'gateway', 'local', 'testing', 'worker']
  const found: string[] = []
  for (const folder of folders)
    for (const name of await readdir(join(ROOT, folder), { recursive: true })) {
      const path = join(folder, name)
      if (
        path.endsWith('.ts') &&
        /new (Workflow|Schedule)?Client\(/.test(readFileSync(join(ROOT, path), 'utf8'))
      )
        found.push(path)
    }

  expect(found.toSorted()).toEqual(PLACES)
})
