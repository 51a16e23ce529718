import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { createUser, runCli } from '../cli/support/run-cli.ts'
import { clip } from '../support/clips.ts'
import { parked } from './support/scenarios.ts'

type Server = Awaited<ReturnType<typeof startTemporalServer>>

let temporal: Server
let removals: RemovalEnvironment
let environment: Record<string, string>

beforeAll(async () => {
  temporal = await startTemporalServer('dev')
  removals = await startRemovalEnvironment({ temporal, sandbox: { credits: 0, modes: { instant: true } } })
  environment = { ...(await createUser()).environment, TEMPORAL_ADDRESS: temporal.address }
  const handle = await removals.start({ id: 'without-credits', source: await clip('green') })
  await parked(handle)
  // Visibility shows it a moment later.
  const open = "WorkflowType = 'removeBackground' AND ExecutionStatus = 'Running'"
  while ((await temporal.client.workflow.count(open)).count === 0) await pause(50)
})

afterAll(async () => {
  await removals?.close()
  await temporal?.teardown()
})

describe('replaying what is unfinished in Temporal', () => {
  it('tells of each removal by the id of its workflow', async () => {
    const run = await runCli(['replay', '--open'], { environment })

    expect(run.stdout).toBe('replays removal/without-credits\n')
    expect(run.exitCode).toBe(0)
  })

  it('takes a query of one’s own, and says what is wrong with it', async () => {
    const none = await runCli(['replay', '--query', "RemovalProject = 'acme'"], { environment })
    const wrong = await runCli(['replay', '--query', 'RemovalProject ~ acme'], { environment })

    // A gate that looks at nothing is none.
    expect(none).toMatchObject({ exitCode: 2, stdout: '' })
    expect(none.stderr).toContain(`--query "RemovalProject = 'acme'"`)
    expect(wrong.stderr).toContain('--query: ')
    expect(wrong.exitCode).toBe(2)
  })
})
