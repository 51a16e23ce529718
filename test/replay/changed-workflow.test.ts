import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bundleWorkflowCode } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { replayHistories } from '../../testing/replay.ts'
import { tempFolder } from '../support/temp-folder.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SUCCESS = join(ROOT, 'test/histories/success.json')

/** Changes that strand running removals; a gate that lets one of them through is none. */
const BREAKING: [what: string, file: string, from: string, to: string][] = [
  ['an activity is renamed', 'activities.ts', '(options).startVendorJob', '(options).launchVendorJob'],
  ['a step is left out', 'remove-background.ts', "=== 'url') return", "=== 'upload') return"],
  [
    'two steps are swapped',
    'remove-background.ts',
    'await upload(run, isStale)',
    'await draft(run, isAgain)',
  ],
]

describe.each(BREAKING)('workflow code in which %s', (_, file, from, to) => {
  it('fails the recorded success', async () => {
    const bundlePath = await bundleOf(file, from, to)

    const [result] = await replayHistories([SUCCESS], { bundlePath })

    expect(result?.failure).toMatch(/nondeterminism/i)
  })
})

describe('workflow code in which only a comment changed', () => {
  it('replays the recorded success', async () => {
    const bundlePath = await bundleOf(
      'remove-background.ts',
      'export async function removeBackground',
      '/* changed */ export async function removeBackground',
    )

    expect(await replayHistories([SUCCESS], { bundlePath })).toEqual([{ name: SUCCESS, failure: null }])
  })
})

/** The bundle of today's workflow code with one change. */
async function bundleOf(file: string, from: string, to: string): Promise<string> {
  const folder = await tempFolder()
  for (const name of ['workflows', 'domain'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const path = join(folder, 'workflows', file)
  const source = await readFile(path, 'utf8')
  const changed = source.replace(from, to)
  expect(changed, `${file} has no ${from} any more`).not.toBe(source)
  await writeFile(path, changed)
  const { code } = await bundleWorkflowCode({ workflowsPath: join(folder, 'workflows/index.ts') })
  const bundlePath = join(folder, 'bundle.js')
  await writeFile(bundlePath, code)
  return bundlePath
}
