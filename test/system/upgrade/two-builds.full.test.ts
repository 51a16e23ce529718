import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer, show } from '../../../sandbox/index.ts'
import { runCli } from '../../cli/support/run-cli.ts'
import { clipNamed } from '../plant/clip.ts'
import { LAUNCHER } from '../plant/launcher.ts'
import type { Mortal } from '../plant/mortal.ts'
import { startMortal } from '../plant/mortal.ts'
import type { Plant } from '../plant/plant.ts'
import { startPlant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import { olderBuild } from './older-build.ts'

const IN_FLIGHT = 50
const PARKED = 20
/** It takes a minute on two cores that do nothing else. */
const PATIENCE_MS = 600_000
const DEPLOYMENT = 'matteflow'
const ALWAYS = { from: 1 }

let plant: Plant
let older: string
const workers: Mortal[] = []

beforeAll(async () => {
  ;[plant, older] = await Promise.all([startPlant(), olderBuild()])
})

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()))
  await plant?.close()
  if (older !== undefined) await rm(dirname(dirname(older)), { recursive: true, force: true })
})

/** A worker of one build; resolves with the version that it became, once that serves everything that begins or goes on. */
async function deploy(launcher: string): Promise<{ worker: Mortal; buildId: string }> {
  const { client, environment } = plant
  const known = new Set(await versions())
  const worker = await startMortal({
    command: process.execPath,
    args: [launcher, 'worker'],
    environment: { ...environment, TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT },
    readyWhen: /worker ready/,
  })
  workers.push(worker)
  let buildId: string | undefined
  await until(async () => {
    buildId = (await versions()).find((version) => !known.has(version))
    return buildId !== undefined
  })
  await until(() =>
    client.workflowService
      .setWorkerDeploymentCurrentVersion({
        namespace: 'default',
        deploymentName: DEPLOYMENT,
        buildId: buildId ?? '',
        identity: 'test',
      })
      .then(
        () => true,
        () => false,
      ),
  )
  return { worker, buildId: buildId ?? '' }
}

async function versions(): Promise<string[]> {
  const { workerDeploymentInfo } = await plant.client.workflowService
    .describeWorkerDeployment({ namespace: 'default', deploymentName: DEPLOYMENT })
    .catch(() => ({ workerDeploymentInfo: null }))
  return (workerDeploymentInfo?.versionSummaries ?? []).flatMap(
    ({ deploymentVersion }) => deploymentVersion?.buildId ?? [],
  )
}

async function countOf(query: string): Promise<number> {
  return (await plant.client.workflow.count(`WorkflowType = 'removeBackground' AND ${query}`)).count
}

const openOn = (buildId: string): Promise<number> =>
  countOf(`ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:${buildId}'`)

const command = (...args: string[]) => {
  const { PATH = '' } = process.env
  return runCli(args, { environment: { PATH, ...plant.environment } })
}

describe('an upgrade between two builds', () => {
  it(
    'drains the older one, and buys for each removal once, while one stays parked all the time',
    async () => {
      const { sandbox, removals, folder } = plant
      const first = await deploy(older)
      const inputs = Array.from({ length: IN_FLIGHT }, (_, index) => `input-${index}.mp4`)
      const parked = inputs.slice(0, PARKED)
      sandbox.addFaults([
        ...parked.map((input) => answer('start', 401, { input, occurrence: ALWAYS })),
        // The others are bought, and rendered for as long as the upgrade takes.
        ...inputs
          .slice(PARKED)
          .map((input) =>
            show('status', { status: 'processing', output_url: null }, { input, occurrence: ALWAYS }),
          ),
      ])
      const ids = await Promise.all(
        inputs.map(async (input) => {
          const source = await clipNamed(input, folder)
          return (await removals.start({ source, project: input }, { isNew: true })).id
        }),
      )
      await until(async () => (await countOf("RemovalState = 'parked'")) === PARKED)
      await until(async () => (await countOf("RemovalState = 'processing'")) === IN_FLIGHT - PARKED)
      expect(await openOn(first.buildId)).toBe(IN_FLIGHT)

      const second = await deploy(LAUNCHER)
      const upgradedAtMs = Date.now()
      const run = await command('upgrade', '--rate', '50/s', '--json')
      const upgraded = JSON.parse(run.stdout) as { woken: number }
      await until(async () => (await openOn(second.buildId)) === IN_FLIGHT)
      expect(await openOn(first.buildId)).toBe(0)
      await first.worker.stop()

      expect(second.buildId).not.toBe(first.buildId)
      expect(upgraded).toMatchObject({ woken: IN_FLIGHT })
      // What was parked parks again, in a run of the new build, and nothing was bought for it.
      for (const id of ids.slice(0, PARKED))
        await until(async () => Date.parse((await removals.status(id)).parkedSince ?? '') > upgradedAtMs)
      expect(sandbox.report().jobsBought).toBe(IN_FLIGHT - PARKED)

      const [lastParked = '', ...others] = parked
      for (const input of inputs.filter((name) => name !== lastParked)) sandbox.clearFaults(input)
      for (const input of others) await removals.resume(ids[inputs.indexOf(input)] ?? '')
      await Promise.all(ids.slice(1).map((id) => removals.result(id, { waitWhileParked: true })))
      expect((await removals.status(ids[0] ?? '')).state).toBe('parked')
      sandbox.clearFaults(lastParked)
      await removals.resume(ids[0] ?? '')
      await removals.result(ids[0] ?? '', { waitWhileParked: true })

      const report = sandbox.report()
      expect(report).toMatchObject({ jobsBought: IN_FLIGHT, startsAccepted: IN_FLIGHT })
      expect(report.jobs.filter(({ purchases }) => purchases > 1)).toEqual([])
    },
    PATIENCE_MS,
  )
})
