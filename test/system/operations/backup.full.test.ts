import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres } from '#tools'
import { hang } from '../../../sandbox/index.ts'
import type { Postgres } from '../../../testing/postgres-server.ts'
import { startPostgres } from '../../../testing/postgres-server.ts'
import type { Case } from '../crash-matrix/case.ts'
import { begin, callsOf, endingOf, UNHARMED } from '../crash-matrix/case.ts'
import { RUNNING } from '../crash-matrix/stations.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'

const CASE_MS = 240_000

const tools = await findPostgres()

describe.skipIf(tools === undefined)(
  'a ledger that is restored from a dump as docs/deployment.md says (needs PostgreSQL)',
  () => {
    let server: Postgres
    let plant: Plant
    const cases: Record<string, Case> = {}

    beforeAll(async () => {
      server = await startPostgres(tools ?? '')
      plant = await startPlant({ databaseUrl: server.url })
      const worker = await plant.startWorker()
      cases['bought before the dump'] = await begin(plant, { faults: [RUNNING] })
      await until(() => callsOf(plant, caseOf('bought before the dump'), 'status').length > 1)
      await run('pg_dump')
      cases['bought after the dump'] = await begin(plant, { faults: [RUNNING] })
      cases['bought after the dump, the answer outstanding'] = await begin(plant, {
        faults: [hang('start', { when: 'after' })],
      })
      await until(() => callsOf(plant, caseOf('bought after the dump'), 'status').length > 1)
      await until(
        () => callsOf(plant, caseOf('bought after the dump, the answer outstanding'), 'start').length > 0,
      )
      await worker.kill()
      await run('pg_restore')
      for (const { input } of Object.values(cases)) plant.sandbox.clearFaults(input)
      await plant.startWorker()
    }, CASE_MS)

    afterAll(async () => {
      await plant?.close()
      await server?.close()
    }, CASE_MS)

    function caseOf(name: string): Case {
      const one = cases[name]
      if (one === undefined) throw new Error(`${name}: not begun`)
      return one
    }

    /** The line of the page that begins with this command, run as it stands. */
    async function run(command: string): Promise<void> {
      const page = await readFile(join(import.meta.dirname, '../../../docs/deployment.md'), 'utf8')
      const line = page.split('\n').find((each) => each.startsWith(`${command} `))
      const env = { ...process.env, PATH: `${tools}:${process.env['PATH'] ?? ''}`, DATABASE_URL: server.url }
      await promisify(execFile)('sh', ['-c', line ?? 'false'], { cwd: plant.folder, env })
    }

    it.each([
      'bought before the dump',
      'bought after the dump',
      'bought after the dump, the answer outstanding',
    ])(
      'lets what was %s end as if nothing had happened',
      async (name) => {
        expect(await endingOf(plant, caseOf(name))).toEqual(UNHARMED)
      },
      CASE_MS,
    )
  },
)
