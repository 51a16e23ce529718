import multipart from '@fastify/multipart'
import type { Locker } from '@tus/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireCaller } from './auth/authenticate.ts'
import { sessionRoutes } from './auth/session-routes.ts'
import { callbackRoutes } from './callbacks/callback-routes.ts'
import { eventsRoutes } from './events/events-routes.ts'
import { createRemovalWatchers } from './events/removal-watchers.ts'
import type { GatewayDependencies } from './gateway-dependencies.ts'
import { publishMetrics } from './health/gateway-metrics.ts'
import type { Readiness } from './health/health-routes.ts'
import { healthRoutes } from './health/health-routes.ts'
import type { ConnectionBounds } from './http/create-server.ts'
import { createServer } from './http/create-server.ts'
import { docsPage } from './http/docs-page.ts'
import { publishOpenApi } from './http/openapi.ts'
import { pageRoutes } from './page/page-routes.ts'
import { quoteRoutes } from './quotes/quote-routes.ts'
import { createRoute } from './removals/create-route.ts'
import { listRoute } from './removals/list-route.ts'
import { outputRoutes } from './removals/output-route.ts'
import { removalRoutes } from './removals/removal-routes.ts'
import { sharedLooks } from './removals/shared-looks.ts'
import { stillRoute } from './removals/still-route.ts'
import { createUploads } from './uploads/upload-routes.ts'
import type { UploadStore } from './uploads/upload-store.ts'
import type { Uploads } from './uploads/uploads.ts'
import { webhookRoutes } from './webhooks/webhook-routes.ts'

/** The parts of a gateway that are not its routes' business. */
export interface GatewayParts {
  uploadStore: UploadStore
  uploadLocker: Locker
  readiness: Readiness
  version: string
  /** For how long a connection may be held; for the default times unless given. */
  bounds?: ConnectionBounds | undefined
}

/** A gateway that does not listen yet. */
export interface Gateway {
  server: FastifyInstance
  uploads: Uploads
  /** Says so in `/readyz` and ends the streams, whose clients come back elsewhere; other requests are answered as before. */
  drain(): void
  /** Drains, lets the other requests finish, and closes. */
  close(): Promise<void>
}

/** Puts a gateway together. `draining` of its dependencies is aborted by its `close`. */
export async function buildGateway(
  dependencies: Omit<GatewayDependencies, 'uploads' | 'draining'>,
  { uploadStore, uploadLocker, readiness, version, bounds }: GatewayParts,
): Promise<Gateway> {
  const shutdown = new AbortController()
  const draining = shutdown.signal
  const server = createServer(dependencies, bounds)
  const { uploads, routes: uploadRoutes } = createUploads(
    { ...dependencies, draining },
    { ...uploadStore, locker: uploadLocker },
  )
  const { removals } = dependencies
  const deps: GatewayDependencies = {
    ...dependencies,
    removals: { ...removals, status: sharedLooks((id) => removals.status(id)) },
    draining,
    uploads,
  }
  const metrics = publishMetrics(server)
  const watchers = createRemovalWatchers(deps, metrics)
  const drain = (): void => {
    shutdown.abort()
    watchers.close()
  }
  await server.register(multipart)
  await publishOpenApi(server, version)
  await server.register(healthRoutes(readiness, draining))
  await server.register(callbackRoutes(deps, metrics))
  await server.register(sessionRoutes(deps))
  await server.register(outputRoutes(deps))
  await server.register(async (known) => {
    requireCaller(known, deps)
    known.addHook('preValidation', unsetEmptyQuery)
    await known.register(createRoute(deps))
    await known.register(listRoute(deps))
    await known.register(removalRoutes(deps))
    await known.register(stillRoute(deps))
    await known.register(eventsRoutes(deps, { watchers, metrics }))
    await known.register(quoteRoutes(deps))
    await known.register(webhookRoutes(deps))
    await known.register(uploadRoutes)
  })
  await server.register(pageRoutes)
  docsPage(server)
  server.refuseOtherMethods()
  return {
    server,
    uploads,
    drain,
    async close() {
      drain()
      await server.close()
    },
  }
}

/** A form of a page sends the fields that nobody filled in as empty texts: `?state=&cursor=`. They count as left out. */
async function unsetEmptyQuery(request: FastifyRequest): Promise<void> {
  const entries = Object.entries(request.query as Record<string, unknown>)
  request.query = Object.fromEntries(entries.filter(([, value]) => value !== ''))
}
