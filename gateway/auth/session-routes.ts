import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { authenticate } from './authenticate.ts'
import { requireOwnMachine, requireOwnOrigin } from './own-machine.ts'
import { endedSessionCookie, sessionCookie } from './sessions.ts'

const sessionSchema = z
  .object({
    project: z.string().nullable(),
    needsToken: z.boolean(),
    temporalUiUrl: z.string().nullable(),
  })
  .meta({
    id: 'Session',
    description:
      '`project` is null where the gateway has no tokens, `temporalUiUrl` where it does not know the address.',
  })

/** The page's session: a token that is typed once becomes a cookie, which links, events and videos can send. */
export function sessionRoutes(deps: GatewayDependencies): FastifyPluginAsyncZod {
  const { tokens, publicUrl, temporalUiUrl, limits, now } = deps
  const isSecure = publicUrl?.startsWith('https:') ?? false
  return async (routes) => {
    routes.route({
      method: 'GET',
      url: '/v1/session',
      schema: {
        tags: ['session'],
        operationId: 'getSession',
        summary: 'Whose session this is',
        response: { 200: sessionSchema, ...REFUSALS },
      },
      handler: async (request) => ({
        project: authenticate(request, deps).project,
        needsToken: !tokens.isOpen,
        temporalUiUrl,
      }),
    })

    routes.route({
      method: 'POST',
      url: '/v1/session',
      schema: {
        tags: ['session'],
        operationId: 'beginSession',
        summary: 'Begin a session of the page with a token',
        security: [],
        body: z.strictObject({ token: z.string().min(1).max(500) }),
        response: { 200: sessionSchema, ...REFUSALS },
      },
      handler: async (request, reply) => {
        const { raw } = request
        if (tokens.isOpen) {
          requireOwnMachine(raw.headers, request.socket.localPort ?? 0)
          return { project: null, needsToken: false, temporalUiUrl }
        }
        requireOwnOrigin(raw.headers, publicUrl)
        // Guesses of everybody together are bounded, whatever addresses they come from.
        limits.takeRequest('sessions that are not known yet')
        const project = tokens.projectOf(request.body.token)
        if (project === undefined) throw new GatewayRefusal('unauthenticated', 'The token is not known.')
        reply.header('set-cookie', sessionCookie(project, tokens, { nowMs: now(), isSecure }))
        return { project, needsToken: true, temporalUiUrl }
      },
    })

    routes.route({
      method: 'DELETE',
      url: '/v1/session',
      schema: {
        tags: ['session'],
        operationId: 'endSession',
        summary: 'End the session in this browser',
        security: [],
        response: { 204: z.null(), ...REFUSALS },
      },
      handler: async (request, reply) => {
        requireOwnOrigin(request.raw.headers, publicUrl)
        return reply.code(204).header('set-cookie', endedSessionCookie(isSecure)).send(null)
      },
    })
  }
}
