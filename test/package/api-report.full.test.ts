import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { apiReports } from '../../scripts/api-report.mjs'

let made: ReturnType<typeof apiReports>

beforeAll(() => {
  made = apiReports()
})

describe('the types that the package publishes', () => {
  it('are those of the committed reports: `npm run api-report` renews them', async () => {
    expect(Object.keys(made.reports)).toHaveLength(6)
    for (const [name, report] of Object.entries(made.reports)) {
      const committed = await readFile(join(import.meta.dirname, `api/${name}.txt`), 'utf8')
      expect(report, `test/package/api/${name}.txt: run \`npm run api-report\`, and look at the diff`).toBe(
        committed,
      )
    }
  })

  it('lead nowhere to the types of a database', () => {
    for (const report of Object.values(made.whole)) expect(report).not.toMatch(/drizzle|'pg'|pglite/)
    // Proof that the whole was read: what stands deep within does.
    expect(made.whole['activities']).toContain('interface VendorJobRecord')
  })
})
