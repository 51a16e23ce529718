import { readdir } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RemovalState } from '../../domain/removal-document.ts'
import type { Fault, Route } from '../../sandbox/index.ts'
import {
  ALWAYS,
  answer,
  cutOutput,
  delay,
  hang,
  loseReply,
  neverEnd,
  resetBefore,
} from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { clip } from '../support/clips.ts'
import { inFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { documentOf, stagedInputs, stateOf, until, untilParkedFor, untilState } from './support/observe.ts'
import type { EnvironmentSettings } from './support/use-environments.ts'
import { useEnvironments } from './support/use-environments.ts'

// An activity that fails after its cancel request never resolves on the server that skips time.
const anEnvironment = useEnvironments('dev')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

interface Case {
  when: string
  settings: EnvironmentSettings
  reached: (environment: RemovalEnvironment, handle: RemovalHandle) => Promise<void>
  vendorJob: 'none' | 'draft' | 'running' | 'unknown'
  bought: number
}

const inState =
  (state: RemovalState): Case['reached'] =>
  (environment, handle) =>
    untilState(environment, handle, state)
const asked =
  (route: Route): Case['reached'] =>
  (environment) =>
    until(environment, route, () => (environment.sandbox.report().requests[route] ?? 0) > 0)

/** What transfers have left in the worker's folder. */
const partFiles = async ({ dependencies }: RemovalEnvironment): Promise<string[]> =>
  (await readdir(dependencies.workFolder)).filter((name) => name.includes('.part'))

/** A call is held for so long that a cancel arrives meanwhile. */
const HOLD_MS = 2_000
const faulty = (...faults: Fault[]): EnvironmentSettings => ({ sandbox: { faults } })

const CASES: Case[] = [
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
    when: 'while it is parked before the start',
    settings: { sandbox: { credits: 0 } },
    reached: inState('parked'),
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
  ...inFull<Case>(
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
      when: 'during the upload',
      settings: faulty(hang('upload')),
      reached: asked('upload'),
      vendorJob: 'none',
      bought: 0,
    },
    {
      when: 'while the job runs',
      settings: faulty(neverEnd()),
      reached: inState('processing'),
      vendorJob: 'running',
      bought: 1,
    },
    {
      when: 'while it is parked with an unknown outcome',
      settings: {
        // A doubt window short enough to sit through.
        variables: { MATTEFLOW_CALL_TIMEOUT: '2s', MATTEFLOW_SETTLE_MARGIN: '100ms' },
        sandbox: { modes: { draftShownAs: 'pending' }, faults: [resetBefore('start')] },
      },
      reached: (environment, handle) => untilParkedFor(environment, handle, 'UnknownOutcome'),
      vendorJob: 'unknown',
      bought: 0,
    },
    {
      when: 'in the back-off after a failed create',
      settings: faulty(answer('create', 503, { occurrence: ALWAYS })),
      reached: asked('create'),
      vendorJob: 'none',
      bought: 0,
    },
    {
      when: 'while it is parked after the start',
      settings: faulty(neverEnd(), answer('status', 401, { occurrence: ALWAYS })),
      reached: (environment, handle) => untilParkedFor(environment, handle, 'CredentialsRejected'),
      vendorJob: 'running',
      bought: 1,
    },
    {
      when: 'while its output is retrieved',
      settings: faulty(hang('output')),
      reached: asked('output'),
      vendorJob: 'none',
      bought: 1,
    },
  ),
]

describe.each(CASES)('a removal cancelled $when', ({ settings, reached, vendorJob, bought }) => {
  it(`ends as cancelled with the vendor job said to be ${vendorJob}, and leaves no file`, async () => {
    const environment = await anEnvironment(settings)
    const handle = await environment.start({ source: file })
    await reached(environment, handle)

    await handle.cancel()
    const document = await documentOf(handle)

    expect(document).toMatchObject({ state: 'cancelled', vendorJob, failure: { kind: 'Cancelled' } })
    expect((await handle.describe()).status.name).toBe('CANCELLED')
    expect((await stateOf(handle)).state).toBe('cancelled')
    const { jobsBought, startsAccepted, jobs } = environment.sandbox.report()
    expect({ jobsBought, startsAccepted }).toEqual({ jobsBought: bought, startsAccepted: bought })
    if (vendorJob === 'draft') expect(jobs.map(({ status }) => status)).toEqual(['draft'])
    expect(await stagedInputs(environment, document.id)).toEqual([])
    expect(await partFiles(environment)).toEqual([])
  })
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
