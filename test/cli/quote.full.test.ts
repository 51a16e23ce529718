import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLedger } from '../../adapters/ledger/ledger.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import type { Sandbox } from '../../sandbox/index.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { clip } from '../support/clips.ts'
import { createUser, runCliHere } from './support/run-cli.ts'

const { environment } = await createUser()
let sandbox: Sandbox
let ledger: Awaited<ReturnType<typeof serveDatabase>>
let green: string

beforeAll(async () => {
  green = await clip('green')
  sandbox = await startSandbox()
  ledger = await serveDatabase()
  const { database, close } = await openDatabase(ledger.url)
  await createLedger(database).credits.setBudget('shop', 5_000, new Date())
  await close()
  Object.assign(environment, { REMOVEBGVIDEO_BASE_URL: sandbox.url, DATABASE_URL: ledger.url })
}, 60_000)
afterAll(async () => {
  await sandbox.close()
  await ledger.close()
})

describe('quote', () => {
  it('prints a table with the budget, and asks the vendor for nothing but its prices', async () => {
    const run = await runCliHere(['quote', green, '--project', 'shop'], { environment })

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toMatch(/^3 s\nmodel +credits +credits\/min +expected\noriginal +3 +60 +9 s\n/)
    expect(run.stdout).toMatch(
      /budget of shop: 5 credits left\nprices: live .*; nothing was stored or bought\n$/,
    )
    expect(sandbox.report()).toMatchObject({ uploads: 0, drafts: 0, requests: { pricing: 1 } })
  })

  it('prints one document with --json, for a length alone', async () => {
    const run = await runCliHere(['quote', '12.5', '--json'], { environment })

    expect(run.exitCode).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({
      project: 'default',
      durationSeconds: 12.5,
      budgetLeft: null,
      models: [{ model: 'original', credits: 12.5 }, {}, {}, {}],
    })
  })

  it('needs no vendor and no ledger', async () => {
    const { environment: bare } = await createUser()
    const run = await runCliHere(['quote', '60'], {
      environment: { ...bare, REMOVEBGVIDEO_BASE_URL: 'http://127.0.0.1:9' },
    })

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('prices: documented')
  })

  it.each([
    ['nothing', ''],
    ['no file', 'nowhere.mp4'],
    ['no length', '0'],
    ['a private address', 'http://10.0.0.7/a.mp4'],
  ])('refuses %s with exit 2', async (_what, source) => {
    expect(await runCliHere(['quote', source], { environment })).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
