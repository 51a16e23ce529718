import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALWAYS, cutOutput, delay, loseReply, neverEnd } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { asked, describeCancelled, faulty, partFiles } from './support/cancelled-case.ts'
import { documentOf, stagedInputs, until, untilState } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

/** A call is held for so long that a cancel arrives meanwhile. */
const HOLD_MS = 2_000

const anEnvironment = useEnvironments('dev')

describeCancelled(anEnvironment, [
  {
    when: 'while the draft is made',
    settings: faulty(delay('create', HOLD_MS, { when: 'after' })),
    reached: asked('create'),
    vendorJob: 'draft',
    bought: 0,
  },
  {
    when: 'while the start is in flight',
    settings: faulty(delay('start', HOLD_MS), neverEnd()),
    reached: asked('start'),
    vendorJob: 'running',
    bought: 1,
  },
  {
    when: 'in the back-off after a lost start reply',
    settings: faulty(loseReply('start'), neverEnd({ occurrence: ALWAYS })),
    reached: async (environment, handle) => {
      await asked('start')(environment, handle)
      await pause(200)
    },
    vendorJob: 'running',
    bought: 1,
  },
  {
    when: 'while it is parked before the start',
    settings: { sandbox: { credits: 0 } },
    reached: (environment, handle) => untilState(environment, handle, 'parked'),
    vendorJob: 'draft',
    bought: 0,
  },
  {
    when: 'in the back-off after half of its output',
    settings: faulty(cutOutput({ occurrence: ALWAYS })),
    reached: (environment) =>
      until(environment, 'half an output', async () => {
        const { route, status } = environment.sandbox.requests().at(-1) ?? {}
        return route === 'output' && status !== null && (await partFiles(environment)).length > 0
      }),
    vendorJob: 'none',
    bought: 1,
  },
])

let file: string

beforeAll(async () => {
  file = await clip('green')
})

describe('a removal cancelled while it is admitted', () => {
  it('ends as cancelled, and the vendor hears nothing', async () => {
    const gate = Promise.withResolvers<void>()
    let isAsked = false
    const environment = await anEnvironment({
      dependencies: {
        async prices() {
          isAsked = true
          await gate.promise
          return { table: { original: 60, light: 45, pro: 180, human: 45 }, version: 'test' }
        },
      },
    })
    const handle = await environment.start({ source: file })
    await until(environment, 'admission', () => isAsked)

    await handle.cancel()
    gate.resolve()
    const document = await documentOf(handle)

    expect(document).toMatchObject({ state: 'cancelled', vendorJob: 'none' })
    expect(environment.sandbox.report()).toMatchObject({ uploads: 0, drafts: 0, jobsBought: 0 })
    expect(await stagedInputs(environment, document.id)).toEqual([])
  })
})
