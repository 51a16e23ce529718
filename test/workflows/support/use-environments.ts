import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { EmbeddedDatabase } from '../../../adapters/ledger/serve-embedded-database.ts'
import type { RemovalEnvironment, RemovalEnvironmentOptions } from '../../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../../testing/removal-environment.ts'
import type { ServerKind } from '../../../testing/temporal-server.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import { RENDER_CACHE } from '../../support/render-cache.ts'
import { sharedDatabase } from '../../support/shared-database.ts'

/** What a test says about its environment. */
export type EnvironmentSettings = Omit<RemovalEnvironmentOptions, 'temporal' | 'databaseUrl'>

/**
 * Workers, storage and a sandbox of its own for each test, so that it scripts and counts alone. Its file has a
 * server of its own, and shares its database with the other files of the test process. What a test leaves running ends with it.
 */
export function useEnvironments(
  kind: ServerKind,
  options?: Parameters<typeof startTemporalServer>[1],
): (settings?: EnvironmentSettings) => Promise<RemovalEnvironment> {
  let temporal: RemovalEnvironment['temporal']
  let database: EmbeddedDatabase
  beforeAll(async () => {
    ;[temporal, database] = await Promise.all([startTemporalServer(kind, options), sharedDatabase()])
  })
  afterAll(async () => {
    await temporal?.teardown()
  })
  return async (settings = {}) => {
    const { modes, ...sandbox } = settings.sandbox ?? {}
    const environment = await startRemovalEnvironment({
      ...settings,
      temporal,
      databaseUrl: database.url,
      sandbox: { renderCacheDir: RENDER_CACHE, modes: { instant: true, ...modes }, ...sandbox },
    })
    const handles: Awaited<ReturnType<RemovalEnvironment['start']>>[] = []
    onTestFinished(async () => {
      // One that has ended refuses, which is what most do.
      await Promise.allSettled(handles.map((handle) => handle.terminate('the test is over')))
      await environment.close()
    })
    const start: RemovalEnvironment['start'] = async (request, carried) => {
      const handle = await environment.start(request, carried)
      handles.push(handle)
      return handle
    }
    return { ...environment, start }
  }
}
