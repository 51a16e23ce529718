import { beforeAll, describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../sandbox/index.ts'
import { executeLater, loseReply } from '../../sandbox/index.ts'
import { clip } from '../support/clips.ts'
import { inFull } from '../support/in-full.ts'
import { useEnvironments } from './support/use-environments.ts'

// The vendor is late by the real clock, so the windows have to be real as well.
const anEnvironment = useEnvironments('dev')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

const LATE: [string, SandboxOptions][] = [
  ['executed after its 504', { faults: [executeLater('start', { afterMs: 2_500 })] }],
  ...inFull<[string, SandboxOptions]>([
    'accepted and not visible for a while',
    { faults: [loseReply('start')], modes: { startVisibleAfterMs: 2_500 } },
  ]),
]

describe.each(LATE)('a start %s', (_, sandbox) => {
  it('is waited for within the doubt window, and buys one job', async () => {
    const variables = { MATTEFLOW_CALL_TIMEOUT: '2s', MATTEFLOW_SETTLE_MARGIN: '3s' }
    const environment = await anEnvironment({ variables, sandbox })

    expect((await (await environment.start({ source: file })).result()).state).toBe('succeeded')
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, requests: { start: 1 } })
  })
})
