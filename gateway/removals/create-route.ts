import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { isIdInUse } from '../../client/start/existing-removal.ts'
import { isPerhapsAccepted } from '../../client/start/start-removal.ts'
import { newRemovalId } from '../../domain/removal-id.ts'
import type { Caller } from '../auth/authenticate.ts'
import { callerOf, projectOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { idempotencyKeyFrom, idOfKey } from './idempotency-key.ts'
import { waitForEnd, waitSecondsFrom } from './prefer-wait.ts'
import { removalBody, removalBodySchema } from './removal-body.schema.ts'
import type { HttpRequest } from './request-from-http.ts'
import { requestFromHttp } from './request-from-http.ts'

/** Starting a removal: JSON with a URL or an upload, or a form that carries the file itself. */
export function createRoute(deps: GatewayDependencies): FastifyPluginAsyncZod {
  /** Ids that this process is starting at the moment. */
  const inFlight = new Set<string>()
  return async (routes) => {
    routes.route({
      method: 'POST',
      url: '/v1/removals',
      schema: {
        tags: ['removals'],
        operationId: 'startRemoval',
        summary: 'Start a removal',
        headers: z.object({
          'idempotency-key': z.string().max(300).optional(),
          prefer: z.string().max(200).optional(),
        }),
        response: { 202: removalBodySchema, ...REFUSALS },
      },
      handler: async (request, reply) => {
        const caller = callerOf(request)
        const key = idempotencyKeyFrom(request.headers['idempotency-key'])
        const keyId = key === undefined ? undefined : idOfKey(key, projectOf(caller))
        const document = await once(keyId, () => start(request, caller, keyId))
        const seconds = waitSecondsFrom(request.headers.prefer)
        if (seconds > 0) reply.header('preference-applied', `wait=${seconds}`)
        reply.code(202).header('location', `/v1/removals/${document.id}`)
        return removalBody(await waitForEnd(document, seconds, deps))
      },
    })
  }

  async function once<Result>(id: string | undefined, work: () => Promise<Result>): Promise<Result> {
    if (id === undefined) return work()
    if (inFlight.has(id)) {
      throw new GatewayRefusal('request-in-flight', 'A request with this Idempotency-Key is being handled.', {
        headers: { 'retry-after': '1' },
      })
    }
    inFlight.add(id)
    try {
      return await work()
    } finally {
      inFlight.delete(id)
    }
  }

  async function start(request: FastifyRequest, caller: Caller, keyId: string | undefined) {
    const stagedAs = keyId ?? newRemovalId()
    const asked = await requestFromHttp(request, { caller, stagedAs }, deps)
    try {
      const { traceparent } = request.headers
      const trace = typeof traceparent === 'string' ? { traceparent } : {}
      const { document, joined } = await startAsked(asked, keyId, trace)
      // What is there already has an input of its own, and what was asked for under another id a copy.
      if (joined || document.id !== stagedAs) await asked.discard()
      return document
    } catch (error) {
      // Where Temporal went away, the removal may have been accepted, and needs its input.
      if (!isPerhapsAccepted(error)) await asked.discard()
      if (!isIdInUse(error)) throw error
      throw keyId === undefined
        ? new GatewayRefusal('id-in-use', 'The id belongs to another request.')
        : new GatewayRefusal('idempotency-key-reused', 'The Idempotency-Key was used with another request.')
    }
  }

  async function startAsked(
    { request, input }: HttpRequest,
    keyId: string | undefined,
    trace: { traceparent?: string },
  ) {
    if (keyId !== undefined && request.id !== null && request.id !== undefined && request.id !== keyId) {
      throw new GatewayRefusal('bad-request', 'Give an id or an Idempotency-Key, not both.')
    }
    return deps.removals.start(
      { ...request, ...(keyId !== undefined && { id: keyId }) },
      { ...trace, ...(input !== null && { input }) },
    )
  }
}
