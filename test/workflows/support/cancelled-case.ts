import { readdir } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Fault, Route } from '../../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../../testing/removal-environment.ts'
import { clip } from '../../support/clips.ts'
import type { RemovalHandle } from './observe.ts'
import { documentOf, stagedInputs, stateOf, until } from './observe.ts'
import type { EnvironmentSettings, useEnvironments } from './use-environments.ts'

/** When a removal is cancelled, and how it then ends. */
export interface CancelCase {
  when: string
  settings: EnvironmentSettings
  reached: (environment: RemovalEnvironment, handle: RemovalHandle) => Promise<void>
  vendorJob: 'none' | 'draft' | 'running' | 'unknown'
  bought: number
}

export const asked =
  (route: Route): CancelCase['reached'] =>
  (environment) =>
    until(environment, route, () => (environment.sandbox.report().requests[route] ?? 0) > 0)

/** What transfers have left in the worker's folder. */
export const partFiles = async ({ dependencies }: RemovalEnvironment): Promise<string[]> =>
  (await readdir(dependencies.workFolder)).filter((name) => name.includes('.part'))

export const faulty = (...faults: Fault[]): EnvironmentSettings => ({ sandbox: { faults } })

/**
 * One test for each of them: it ends as cancelled, knows what the vendor has, and leaves no file. The server is a real one:
 * on the one that skips time, an activity that fails after its cancel request never resolves.
 */
export function describeCancelled(
  anEnvironment: ReturnType<typeof useEnvironments>,
  cases: CancelCase[],
): void {
  let file: string
  beforeAll(async () => {
    file = await clip('green')
  })

  describe.each(cases)('a removal cancelled $when', ({ settings, reached, vendorJob, bought }) => {
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
}
