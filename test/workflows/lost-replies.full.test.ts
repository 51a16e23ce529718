import { beforeAll, describe, expect, it } from 'vitest'
import type { Fault, SandboxModes } from '../../sandbox/index.ts'
import {
  answerHtml,
  brokenJson,
  loseReply,
  notJson,
  resetBefore,
  show,
  withoutId,
} from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('time-skipping')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('a create whose reply was lost', () => {
  it('leaves one draft behind, counted in the ledger, and buys one job', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [loseReply('create')] } })

    const document = await (await environment.start({ source: file })).result()

    expect(document.state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ drafts: 2, orphanDrafts: 1, jobsBought: 1 })
    const record = await environment.dependencies.ledger.removals.find(document.id)
    expect(record?.orphanDrafts).toBe(1)
  })
})

/** The job was started, and says so only at the fourth look. */
const SHOWN_LATE = show('status', { status: 'created' }, { occurrence: { from: 1, to: 3 } })

const STARTED: [string, Fault[]][] = [
  ['whose reply was lost', [loseReply('start')]],
  ['that was carried out under a 504', [answerHtml('start', 504, { when: 'after' })]],
  ['answered by HTML under a 2xx', [notJson('start')]],
  ['answered by half a document', [brokenJson('start')]],
  ['that does not show at first', [loseReply('start'), SHOWN_LATE]],
]

describe.each(STARTED)('a start %s', (_, faults) => {
  it('is not sent again', async () => {
    const environment = await anEnvironment({ sandbox: { faults, modes: { repeatedStart: 'bills' } } })

    expect((await (await environment.start({ source: file })).result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })
})

describe('a start that shows only after the doubt window', () => {
  const hidden = show('status', { status: 'created' }, { occurrence: { from: 1, to: 40 } })

  it.each<SandboxModes['repeatedStart']>(['conflict', 'ignored'])(
    'is repeated once on the same job, which buys nothing where the vendor answers it as %s',
    async (repeatedStart) => {
      const faults = [loseReply('start'), hidden]
      const environment = await anEnvironment({ sandbox: { faults, modes: { repeatedStart } } })

      expect((await (await environment.start({ source: file })).result()).state).toBe('succeeded')
      expect(environment.sandbox.report()).toMatchObject({ drafts: 1, jobsBought: 1, requests: { start: 2 } })
    },
  )
})

describe('a start that never arrived', () => {
  it('is sent once more after the doubt window', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [resetBefore('start')] } })

    expect((await (await environment.start({ source: file })).result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 2 } })
  })
})

describe('a start answered without an id', () => {
  it('buys one job', async () => {
    const environment = await anEnvironment({ sandbox: { faults: [withoutId('start')] } })

    expect((await (await environment.start({ source: file })).result()).state).toBe('succeeded')
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })
})
