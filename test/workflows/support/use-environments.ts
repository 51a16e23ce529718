import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { EmbeddedDatabase } from '../../../adapters/ledger/serve-embedded-database.ts'
import { serveEmbeddedDatabase } from '../../../adapters/ledger/serve-embedded-database.ts'
import type { RemovalEnvironment, RemovalEnvironmentOptions } from '../../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../../testing/removal-environment.ts'
import type { ServerKind } from '../../../testing/temporal-server.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'
import { RENDER_CACHE } from '../../support/render-cache.ts'

/** Renderings are the slow part of a job; the same clip and settings give the same one. */

/** What a test says about its environment. */
export type EnvironmentSettings = Omit<RemovalEnvironmentOptions, 'temporal' | 'databaseUrl'>

/**
 * One Temporal server and one database for the tests of a file; each test has workers, storage and a sandbox of
 * its own, so that it scripts and counts alone. What a test leaves running ends with it.
 */
export function useEnvironments(
  kind: ServerKind,
  options: Parameters<typeof startTemporalServer>[1] = {},
): (settings?: EnvironmentSettings) => Promise<RemovalEnvironment> {
  let temporal: RemovalEnvironment['temporal']
  let database: EmbeddedDatabase
  beforeAll(async () => {
    ;[temporal, database] = await Promise.all([startTemporalServer(kind, options), serveEmbeddedDatabase()])
  })
  afterAll(async () => {
    await temporal?.teardown()
    await database?.close()
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
