import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bundleWorkflowCode } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { replayHistories } from '../../worker/replay/replay-histories.ts'
import { tempFolder } from '../support/temp-folder.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const recorded = (name: string): string => join(ROOT, `test/histories/0.1.0/${name}.json.gz`)
const SUCCESS = recorded('success')

/** A change that strands running removals, the history that shows it, and where it is said to be. */
interface Breaking {
  what: string
  file: string
  from: string
  to: string
  history?: string
  at: { event: RegExp; file: string }
}

const BUY = 'workflows/remove-background.ts'

/** A gate that lets one of them through is none. */
const BREAKING: Breaking[] = [
  {
    what: 'an activity is renamed',
    file: 'activities.ts',
    from: 'proxies[name]',
    to: "proxies[name === 'startVendorJob' ? 'launchVendorJob' : name]",
    at: { event: /ActivityTaskScheduled startVendorJob/, file: BUY },
  },
  {
    what: 'a step is left out',
    file: 'remove-background.ts',
    from: "=== 'url') return",
    to: "=== 'upload') return",
    at: { event: /ActivityTaskScheduled uploadInput/, file: BUY },
  },
  {
    what: 'two steps are swapped',
    file: 'remove-background.ts',
    from: 'await upload(run, isStale)',
    to: 'await draft(run, isAgain)',
    at: { event: /ActivityTaskScheduled uploadInput/, file: BUY },
  },
  {
    what: 'the wait begins with a timer',
    file: 'wait-for-job.ts',
    from: 'for (;;) {',
    to: 'for (;;) {\n    await sleep(1_000)',
    at: { event: /ActivityTaskScheduled checkVendorJob/, file: 'workflows/wait-for-job.ts' },
  },
  {
    what: 'a resume is no longer heard while the removal is parked',
    file: 'park.ts',
    from: '() => person(run),',
    to: '',
    history: recorded('parked-for-credits-resumed'),
    at: { event: /./, file: 'workflows/start-run.ts' },
  },
  {
    what: 'the memo of a park is left out',
    file: 'start-run.ts',
    from: 'upsertMemo({ [PARKED_MEMO]: memo })',
    to: 'void memo',
    history: recorded('parked-for-credits-resumed'),
    at: { event: /WorkflowPropertiesModified/, file: 'workflows/start-run.ts' },
  },
]

describe.each(BREAKING)('workflow code in which $what', ({ file, from, to, history = SUCCESS, at }) => {
  it('fails the history, at the event and in the file that differ', async () => {
    const bundlePath = await bundleOf(file, from, to)

    const [result] = await replayHistories([history], { bundlePath })

    expect(result).toMatchObject({
      outcome: 'diverges',
      failure: expect.stringMatching(/nondeterminism/i),
      divergence: {
        ...at,
        event: expect.stringMatching(at.event),
        advice: expect.stringContaining('patched'),
      },
    })
  })
})

describe('workflow code in which only a comment changed', () => {
  it('replays the recorded success', async () => {
    const bundlePath = await bundleOf(
      'remove-background.ts',
      'export async function removeBackground',
      '/* changed */ export async function removeBackground',
    )

    const replayed = await replayHistories([SUCCESS], { bundlePath })

    expect(replayed).toEqual([{ name: SUCCESS, outcome: 'replays', failure: null, divergence: null }])
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
