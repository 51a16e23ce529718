import { describe, expect, it } from 'vitest'
import { configFrom } from '../../adapters/environment/config.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Stack } from '../../local/stack/stack.ts'
import type { StackVendor } from '../../local/stack/stack-plan.ts'
import { planStack } from '../../local/stack/stack-plan.ts'
import { checkJoinable } from '../../local/temporal/with-temporal.ts'
import { buildId } from '../../worker/build-id.ts'

const SECRET = 'rbv_sandbox_secret'

function planned(vendor: StackVendor, more: Record<string, string> = {}) {
  const environment = { MATTEFLOW_HOME: '/home/x', TEMPORAL_ADDRESS: 'elsewhere:7233', ...more }
  return planStack({
    config: configFrom(environment),
    environment,
    vendor,
    temporalServer: '/bin/temporal',
    sandboxSpeed: 7,
    ports: { temporal: 1, ui: 2, temporalHttp: 3, temporalMetrics: 4, ledger: 5, sandbox: 6, gateway: 7 },
    settings: {
      firstPort: 0,
      sandboxKey: SECRET,
      usedSandbox: vendor === 'sandbox',
    },
  })
}

describe('the plan of a stack', () => {
  it('has everything with the sandbox, whose key the worker gets', () => {
    const { commands, ...told } = planned('sandbox')

    expect(Object.keys(commands).sort()).toEqual(['gateway', 'ledger', 'sandbox', 'temporal', 'worker'])
    expect(commands.worker?.environment).toMatchObject({
      MATTEFLOW_HOME: '/home/x',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      DATABASE_URL: 'postgres://postgres:postgres@127.0.0.1:5/postgres',
      REMOVEBGVIDEO_BASE_URL: 'http://127.0.0.1:6',
      REMOVEBGVIDEO_API_KEY: SECRET,
    })
    expect(commands.sandbox?.args.join(' ')).toContain('sandbox --port 6 --data /home/x/sandbox --speed 7')
    expect(told.vendor).toEqual({ baseUrl: 'http://127.0.0.1:6', keyAlias: 'default', isSandbox: true })
    expect(JSON.stringify(told)).not.toContain(SECRET)
  })

  it('has neither worker nor sandbox where it is only looked at', () => {
    const { commands, vendor } = planned('none')

    expect(Object.keys(commands).sort()).toEqual(['ledger', 'temporal'])
    expect(vendor).toBeNull()
  })

  it("uses the user's own database and vendor", () => {
    const databaseUrl = 'postgres://me:secret@db.example/books'
    const plan = planned('configured', { DATABASE_URL: databaseUrl, REMOVEBGVIDEO_API_KEY: 'rbv_real' })

    expect(Object.keys(plan.commands).sort()).toEqual(['gateway', 'temporal', 'worker'])
    expect(plan.commands.worker?.environment).toMatchObject({
      DATABASE_URL: databaseUrl,
      REMOVEBGVIDEO_API_KEY: 'rbv_real',
    })
    expect(plan.databaseUrl).toBeNull()
  })

  it('is deaf to another Temporal of the environment', () => {
    const { commands } = planned('none')

    expect(commands.temporal?.environment).not.toHaveProperty('TEMPORAL_ADDRESS')
    expect(commands.temporal?.args).toContain('--ip=127.0.0.1')
    expect(commands.temporal?.args).toContain('--search-attribute=RemovalState=Keyword')
  })
})

describe('a stack that runs', () => {
  const stack = async (changes: Partial<Stack> = {}): Promise<Stack> => ({
    state: 'ready',
    supervisor: { pid: 1, startedAt: '1' },
    children: {},
    temporal: { address: '127.0.0.1:1', namespace: 'default', uiAddress: 'http://127.0.0.1:2' },
    databaseUrl: null,
    storageUrl: 'file:///home/x/storage',
    vendor: { baseUrl: 'http://127.0.0.1:6', keyAlias: 'default', isSandbox: true },
    build: await buildId(),
    ...changes,
  })
  const joined = async (running: Stack, environment: Record<string, string>) =>
    checkJoinable(running, configFrom(environment), environment)

  it('is joined by who names no vendor, and by who means the same one', async () => {
    await joined(await stack(), {})
    await joined(await stack(), {
      REMOVEBGVIDEO_API_KEY: 'rbv_x',
      REMOVEBGVIDEO_BASE_URL: 'http://127.0.0.1:6',
    })
  })

  it.each([
    ['vendor', { REMOVEBGVIDEO_BASE_URL: 'https://other.example' }, {}],
    ['key', { REMOVEBGVIDEO_BASE_URL: 'http://127.0.0.1:6', REMOVEBGVIDEO_KEY_ALIAS: 'film' }, {}],
    ['build', {}, { build: '0.0.0+other' }],
  ])('is not joined by who means another %s', async (_name, environment, changes) => {
    const refusal = await joined(await stack(changes), environment).catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(RemovalFailure)
    expect(refusal).toMatchObject({
      kind: 'InvalidRequest',
      facts: { hint: expect.stringContaining('matteflow stop') },
    })
  })
})
