import { beforeAll, describe, expect, it } from 'vitest'
import type { UsageReport } from '../../adapters/ledger/usage-report.ts'
import type { ReconcileReport } from '../../domain/reconcile/reconcile-report.ts'
import { clip } from '../support/clips.ts'
import { runCliHere } from './support/run-cli.ts'
import { useStack } from './support/use-stack.ts'

const LONG_MS = 60_000

// One stack and one purchase, which the commands look at.
const stack = useStack()
const { cli } = stack

beforeAll(async () => {
  const bought = await cli('remove', await clip('green'), '--project', 'shop', '--user', '=ann', '--json')
  expect(bought.exitCode).toBe(0)
}, 120_000)

describe('usage', () => {
  it(
    'is a table with a total, and the vendor’s bill',
    async () => {
      const run = await cli('usage', '--by', 'project,model')

      expect(run.exitCode).toBe(0)
      expect(run.stdout).toBe(
        [
          'project  model     spent  reserved  bought  failed  collected',
          'shop     original      3         0       1       0          1',
          'total                  3         0       1       0          1',
          '',
        ].join('\n'),
      )
      expect(stack.sandbox.report().creditsBilledMillicredits).toBe(3_000)
    },
    LONG_MS,
  )

  it(
    'is one JSON document, narrowed by time and project',
    async () => {
      const [now, before, other] = await Promise.all([
        cli('usage', '--json', '--since', '1h', '--by', 'day'),
        cli('usage', '--json', '--until', '2026-01-01'),
        cli('usage', '--json', '--project', 'other'),
      ])

      const report = JSON.parse(now.stdout) as UsageReport & { unit: string }
      expect(report).toMatchObject({ unit: 'credit', total: { spent: 3, bought: 1 } })
      expect(report.rows).toMatchObject([{ day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), spent: 3 }])
      for (const run of [before, other])
        expect(JSON.parse(run.stdout)).toMatchObject({ rows: [], total: { spent: 0 } })
    },
    LONG_MS,
  )

  it(
    'is CSV that no spreadsheet runs',
    async () => {
      const run = await cli('usage', '--csv', '--by', 'user,project')

      expect(run.stdout).toBe("user,project,spent,reserved,bought,failed,collected\n'=ann,shop,3,0,1,0,1\n")
    },
    LONG_MS,
  )
})

describe('budget', () => {
  it(
    'sets, shows and lifts a limit',
    async () => {
      const set = await cli('budget', 'shop', '--credits', '4.5', '--json')
      const all = await cli('budget')
      const refused = await cli('remove', await clip('green'), '--project', 'shop', '--new', '--json')
      const lifted = await cli('budget', 'shop', '--credits', 'none', '--json')

      expect(JSON.parse(set.stdout)).toEqual([
        { project: 'shop', limit: 4.5, reserved: 0, spent: 3, left: 1.5 },
      ])
      expect(all.stdout).toBe(
        'project  limit  reserved  spent  left\nshop       4.5         0      3   1.5\n',
      )
      expect(JSON.parse(refused.stdout)).toMatchObject({ failure: { kind: 'BudgetExceeded' } })
      expect(refused.exitCode).toBe(2)
      expect(JSON.parse(lifted.stdout)).toMatchObject([{ limit: null, left: null }])
      expect(stack.sandbox.report().jobsBought).toBe(1)
    },
    LONG_MS,
  )
})

describe('reconcile', () => {
  it(
    'finds no difference where there is none, by key and in total',
    async () => {
      const run = await cli('reconcile')

      expect(run.exitCode).toBe(0)
      expect(run.stdout).toMatch(/default +3 +0 +3\n/)
      expect(run.stdout).toContain('no difference: ')
    },
    LONG_MS,
  )

  it(
    'names what was made behind our back, and ends with 0 all the same',
    async () => {
      const id = await draftBehindOurBack()

      const [text, json] = [await cli('reconcile'), await cli('reconcile', '--days', '1', '--json')]

      expect(text.stdout).toContain(`orphan-drafts: vendor job ${id}, key default`)
      const report = JSON.parse(json.stdout) as ReconcileReport
      expect(report).toMatchObject({ project: null, days: 1, counts: { 'orphan-drafts': 1 } })
      expect([text.exitCode, json.exitCode]).toEqual([0, 0])
    },
    LONG_MS,
  )

  it(
    'is scheduled once, however often, and unscheduled',
    async () => {
      const runs = [
        await cli('reconcile', '--schedule', '1d', '--json'),
        await cli('reconcile', '--schedule', '12h'),
        await cli('reconcile', '--unschedule', '--json'),
        await cli('reconcile', '--unschedule'),
      ]

      expect(runs.map((run) => run.exitCode)).toEqual([0, 0, 0, 0])
      expect(JSON.parse(runs[0]!.stdout)).toEqual({
        scheduleId: 'matteflow-reconcile',
        every: '1d',
        project: null,
        days: 30,
      })
      expect(runs[1]!.stdout).toContain('every 12h')
      expect(JSON.parse(runs[2]!.stdout)).toMatchObject({ removed: true })
      expect(runs[3]!.stdout).toContain('there is no matteflow-reconcile')
    },
    LONG_MS,
  )
})

describe('a command about the ledger that is wrong', () => {
  it.each([
    [['usage', '--by', 'project,colour'], '--by'],
    [['usage', '--by', 'day,day'], '--by'],
    [['usage', '--since', 'yesterday-ish'], '--since'],
    [['usage', '--model', 'best'], '--model'],
    [['budget', '--credits', '5'], '<project>'],
    [['budget', 'sh op', '--credits', '5'], '<project>'],
    [['budget', 'shop', '--credits', '-1'], '--credits'],
    [['budget', 'shop', '--credits', 'lots'], '--credits'],
    [['reconcile', '--days', '91'], '--days'],
    [['reconcile', '--schedule', 'daily'], '--schedule'],
    [['reconcile', '--schedule', '1d', '--unschedule'], '--unschedule'],
  ])('%j ends with 2 and names the flag', async (args, name) => {
    const run = await runCliHere(args, stack.user)

    expect(run.stderr).toContain(name)
    expect(run.stdout).toBe('')
    expect(run.exitCode).toBe(2)
  })

  it('says so in one document as well, where --json asks for one', async () => {
    const run = await runCliHere(['usage', '--json', '--csv'], stack.user)

    expect(run.stderr).toContain('--csv')
    expect(JSON.parse(run.stdout)).toMatchObject({ failure: { kind: 'InvalidRequest' } })
    expect(run.exitCode).toBe(2)
  })
})

describe('a ledger that cannot be reached', () => {
  it(
    'end with 7, without a secret',
    async () => {
      const environment = {
        ...stack.user.environment,
        DATABASE_URL: 'postgres://me:secret-word@127.0.0.1:9/books',
      }
      const run = await runCliHere(['usage'], { environment })

      expect(run.stderr).toContain('PlatformUnavailable')
      expect(run.stderr).not.toContain('secret-word')
      expect(run.exitCode).toBe(7)
    },
    LONG_MS,
  )
})

async function draftBehindOurBack(): Promise<string> {
  const headers = { 'x-api-key': stack.sandbox.keys[0] ?? '', 'content-type': 'application/json' }
  const body = JSON.stringify({
    video_url: `${stack.sandbox.url}/anything.mp4`,
    model: 'human',
    output_format: 'webm',
    background: { type: 'transparent' },
    auto_start: false,
  })
  const response = await fetch(`${stack.sandbox.url}/v1/jobs`, { method: 'POST', headers, body })
  return ((await response.json()) as { id: string }).id
}
