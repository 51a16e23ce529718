import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createLedger } from '../../adapters/ledger/ledger.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { ALWAYS, answerHtml } from '../../sandbox/index.ts'
import { serveDatabase } from '../../testing/serve-database.ts'
import { RESUME } from '../../workflows/messages.ts'
import { severableLine } from '../adapters/ledger/support/severable-line.ts'
import { clip } from '../support/clips.ts'
import { describeInFull, inFull, itInFull } from '../support/in-full.ts'
import { documentOf, stateOf, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('a deadline that passes before the start', () => {
  it.each(['create', ...inFull('upload' as const)] as const)(
    'fails the removal at %s with nothing bought',
    async (route) => {
      const faults = [answerHtml(route, 503, { occurrence: ALWAYS })]
      const environment = await anEnvironment({ sandbox: { faults } })

      const document = await documentOf(await environment.start({ source: file, deadline: '90s' }))

      expect(document).toMatchObject({
        state: 'failed',
        failure: { kind: 'DeadlineExceeded' },
        credits: { charged: 0 },
      })
      expect(environment.sandbox.report().jobsBought).toBe(0)
    },
  )
})

describeInFull('a deadline that passes while the ledger is away, of a removal that was cancelled', () => {
  it('parks it until its end is recorded, and holds no credits then', async () => {
    const database = await serveDatabase()
    const line = await severableLine(database.url)
    const opened = await openDatabase(line.url)
    const ledger = createLedger(opened.database)
    onTestFinished(async () => {
      await opened.close()
      await database.close()
    })
    // Cancelled while no activity runs: one that fails after its cancel request never resolves on this server.
    const environment = await anEnvironment({ sandbox: { credits: 0 }, dependencies: { ledger } })
    const handle = await environment.start({ id: 'late', source: file, project: 'late', deadline: '90s' })
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await line.takeDown()
    await handle.cancel()
    await untilParkedFor(environment, handle, 'PlatformUnavailable')
    await line.putUp()

    expect(await documentOf(handle)).toMatchObject({ state: 'cancelled', failure: { kind: 'Cancelled' } })
    expect(await ledger.removals.find('late')).toMatchObject({ finalStatus: 'cancelled' })
    expect(await ledger.credits.balance('late')).toMatchObject({ reservedMillicredits: 0 })
  })
})

describe('a deadline that passes after the start', () => {
  /** Skipped time runs ahead of the sandbox's, so that no job of it ends before a deadline of seconds. */
  const slow = { modes: { instant: false }, speed: 3 }

  it('parks the removal, whose job is collected without anyone once it ends', async () => {
    const environment = await anEnvironment({ sandbox: slow })
    const handle = await environment.start({ source: file, deadline: '20s' })
    await untilParkedFor(environment, handle, 'DeadlineExceeded')
    expect((await stateOf(handle)).memo['parked']).toMatchObject({ vendorJobId: expect.any(String) })

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })

  itInFull('is granted anew by a resume', async () => {
    const environment = await anEnvironment({ sandbox: slow })
    const handle = await environment.start({ source: file, deadline: '20s' })
    await untilParkedFor(environment, handle, 'DeadlineExceeded')

    await handle.executeUpdate(RESUME, { args: [{}] })

    expect((await handle.result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, startsAccepted: 1 })
  })
})
