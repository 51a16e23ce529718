import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { requireOwnMachine, requireOwnOrigin } from './own-machine.ts'
import { projectOfSession } from './sessions.ts'

/** Who asks. `project` is null where no tokens are configured: then the person at this machine may name any. */
export interface Caller {
  project: string | null
  by: 'token' | 'session' | 'own-machine'
  /** As history and ledger name who resumed or cancelled: `gateway:acme/3f9a1c2d`, `page:acme`, `gateway:own-machine`. */
  name: string
}

const callers = new WeakMap<FastifyRequest, Caller>()

/** What a caller's own work goes by: the limits of a machine without tokens are those of its one person. */
export function projectOf({ project }: Caller): string {
  return project ?? 'default'
}

/** Who asks, on a route that only the known may use. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (caller === undefined)
    throw new TypeError(`${request.routeOptions.url} is answered without authentication`)
  return caller
}

/** Lets only the known use the routes that are registered here, before anything of the request is read. */
export function requireCaller(
  routes: FastifyInstance,
  deps: Pick<GatewayDependencies, 'tokens' | 'limits' | 'publicUrl' | 'now'>,
): void {
  routes.addHook('onRequest', async (request) => {
    authenticate(request, deps)
  })
}

/**
 * Who asks: by a bearer token, by the page's session, or as the person at this machine where there are no tokens.
 * Throws a 401 or 403 that says which of them is missing, and a 429 for a project that asks too often.
 */
export function authenticate(
  request: FastifyRequest,
  deps: Pick<GatewayDependencies, 'tokens' | 'limits' | 'publicUrl' | 'now'>,
): Caller {
  const caller = identify(request, deps)
  deps.limits.takeRequest(projectOf(caller))
  callers.set(request, caller)
  return caller
}

function identify(
  request: FastifyRequest,
  { tokens, publicUrl, now }: Pick<GatewayDependencies, 'tokens' | 'publicUrl' | 'now'>,
): Caller {
  const { authorization, cookie } = request.headers
  if (tokens.isOpen) {
    requireOwnMachine(request.headers, request.socket.localPort ?? 0)
    return { project: null, by: 'own-machine', name: 'gateway:own-machine' }
  }
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
    const project = tokens.projectOf(token)
    if (project !== undefined)
      return { project, by: 'token', name: `gateway:${project}/${tokens.nameOf(token)}` }
    throw unauthenticated('The bearer token is not known.')
  }
  const project = projectOfSession(cookie, tokens, now())
  if (project === undefined) throw unauthenticated('Send a token: Authorization: Bearer <token>.')
  requireOwnOrigin(request.headers, publicUrl)
  return { project, by: 'session', name: `page:${project}` }
}

function unauthenticated(detail: string): GatewayRefusal {
  return new GatewayRefusal('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } })
}
