import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { RemovalEnvironment, RemovalEnvironmentOptions } from '../../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../../testing/removal-environment.ts'
import type { ServerKind } from '../../../testing/temporal-server.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import { RENDER_CACHE } from '../../support/render-cache.ts'
import { useSharedDatabase } from '../../support/shared-database.ts'

/** What a test says about its environment. */
export type EnvironmentSettings = Omit<RemovalEnvironmentOptions, 'temporal' | 'databaseUrl'>

/**
 * Workers, storage and a sandbox of its own for each test, so that it scripts and counts alone. Its file has a
 * server and a database of its own. What a test leaves running ends with it.
 */
export function useEnvironments(
  kind: ServerKind,
  options?: Parameters<typeof startTemporalServer>[1],
): (settings?: EnvironmentSettings) => Promise<RemovalEnvironment> {
  let temporal: RemovalEnvironment['temporal']
  const databaseUrl = useSharedDatabase()
  beforeAll(async () => {
    temporal = await startTemporalServer(kind, options)
  })
  afterAll(async () => {
    await temporal?.teardown()
  })
  return async (settings = {}) => {
    const { modes, ...sandbox } = settings.sandbox ?? {}
    const environment = await startRemovalEnvironment({
      ...settings,
      temporal,
      databaseUrl: databaseUrl(),
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
