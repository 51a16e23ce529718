import { setTimeout as pause } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { createRemovals } from '../../client/create-removals.ts'
import type { RemovalRequestInput } from '../../domain/removal-request.schema.ts'
import type { SandboxOptions } from '../../sandbox/index.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import type { Bundle } from '../../testing/tapes/bundle.schema.ts'
import { exportBundle } from '../../testing/tapes/export-bundle.ts'
import { clip } from '../support/clips.ts'
import { RENDER_CACHE } from '../support/render-cache.ts'

/** What a removal is that goes onto a tape. */
export interface Recording {
  sandbox?: SandboxOptions
  request?: Omit<Partial<RemovalRequestInput>, 'id' | 'source'>
  variables?: Record<string, string>
  meanwhile?: (environment: RemovalEnvironment, handle: WorkflowHandle) => Promise<void>
}

/** The bundle of a removal that ran to its end, or to where `meanwhile` leaves it, with its own workers and vendor. */
export async function recordBundle(
  { temporal, databaseUrl }: { temporal: TestWorkflowEnvironment; databaseUrl: string },
  id: string,
  { sandbox = {}, request = {}, variables = {}, meanwhile }: Recording,
): Promise<Bundle> {
  const { modes, ...vendor } = sandbox
  const environment = await startRemovalEnvironment({
    temporal,
    databaseUrl,
    variables,
    sandbox: { renderCacheDir: RENDER_CACHE, modes: { instant: true, ...modes }, ...vendor },
  })
  const { database, close } = await openDatabase(databaseUrl, { poolSize: 1 })
  try {
    const handle = await environment.start({ id, source: await clip('green'), ...request })
    if (meanwhile !== undefined) await meanwhile(environment, handle)
    else await handle.result().catch(() => {})
    const { client } = temporal
    const { storage } = environment.dependencies
    const document = await createRemovals({ client, storage }).status(id)
    const bundle = await exportBundle({ client, storage, database }, id, document)
    await handle.terminate('it is on tape').catch(() => {})
    return bundle
  } finally {
    await close()
    await environment.close()
  }
}

/** Waits until a removal stands parked. */
export async function untilParked({ dependencies, temporal }: RemovalEnvironment, id: string): Promise<void> {
  const removals = createRemovals({ client: temporal.client, storage: dependencies.storage })
  while ((await removals.status(id)).state !== 'parked') await pause(30)
}
