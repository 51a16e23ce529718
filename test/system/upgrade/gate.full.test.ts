import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer } from '../../../sandbox/index.ts'
import { runCli } from '../../cli/support/run-cli.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'

const DEPLOYMENT = { TEMPORAL_DEPLOYMENT_NAME: 'matteflow' }

let plant: Plant

beforeAll(async () => {
  plant = await startPlant()
})

afterAll(() => plant?.close())

async function deepDoctor() {
  const { PATH = '' } = process.env
  const environment = { PATH, ...plant.environment, ...DEPLOYMENT }
  const run = await runCli(['doctor', '--deep', '--json'], { environment })
  const { problems, ready } = JSON.parse(run.stdout) as {
    problems: { kind: string; problem: string; fix: string }[]
    ready: { steps: { step: string; outcome: string }[] } | null
  }
  return { exitCode: run.exitCode, problems, ready, said: run.stderr }
}

describe('the gate of a deployment', () => {
  it('is closed while no worker runs, and says so without waiting for one', async () => {
    const { exitCode, problems, ready } = await deepDoctor()

    expect(exitCode).toBe(7)
    expect(ready).toBeNull()
    expect(problems).toMatchObject([{ problem: expect.stringContaining('no worker polls matteflow') }])
  })

  it('asks the workers of its own build before they are current, and opens where they could take removals', async () => {
    await plant.startWorker(DEPLOYMENT)
    await until(async () => (await currentVersion()) !== undefined)

    const { exitCode, problems, ready, said } = await deepDoctor()

    expect(problems).toEqual([])
    expect(exitCode).toBe(0)
    expect(ready?.steps.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed', 'passed'])
    expect(said).toContain('0 of 0 open histories replay')
    expect(await currentVersion()).toBe('')
    expect(plant.sandbox.report()).toMatchObject({
      drafts: 1,
      startsAccepted: 0,
      creditsBilledMillicredits: 0,
    })
  })

  it('is closed by what the worker meets, with its kind and what to do', async () => {
    plant.sandbox.addFaults([answer('create', 402)])

    const { exitCode, problems } = await deepDoctor()

    expect(problems).toMatchObject([
      { kind: 'InsufficientCredits', problem: expect.stringMatching(/^the worker is not ready, vendor: /) },
    ])
    expect(exitCode).toBe(3)
  })
})

/** The build id that new work goes to: empty where none is current; undefined while there is no deployment. */
async function currentVersion(): Promise<string | undefined> {
  const { workerDeploymentInfo } = await plant.client.workflowService
    .describeWorkerDeployment({ namespace: 'default', deploymentName: DEPLOYMENT.TEMPORAL_DEPLOYMENT_NAME })
    .catch(() => ({ workerDeploymentInfo: null }))
  if (!workerDeploymentInfo?.versionSummaries?.length) return undefined
  return workerDeploymentInfo.routingConfig?.currentDeploymentVersion?.buildId ?? ''
}
