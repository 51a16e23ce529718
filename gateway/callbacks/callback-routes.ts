import type { FastifyPluginAsync } from 'fastify'
import { isCallbackToken } from '../../adapters/removebgvideo/callback-address.ts'
import { isWebhookGenuine } from '../../adapters/removebgvideo/webhook-signature.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import type { GatewayMetrics } from '../health/gateway-metrics.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { callbackFacts } from './callback-body.schema.ts'

/** A callback says that something happened; whatever is longer is not one. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * The vendor's callbacks. The body decides nothing: it brings the next status check forward, so a doubled, early, late
 * or disordered one does no harm. Answered with 2xx only after Temporal has taken the signal.
 */
export function callbackRoutes(
  deps: GatewayDependencies,
  metrics: Pick<GatewayMetrics, 'callbacks'>,
): FastifyPluginAsync {
  return async (routes) => {
    // The signature covers the raw bytes, whatever type they claim to be.
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => done(null, body),
    )
    routes.addHook('onResponse', async (_request, { statusCode }) => {
      const outcome = statusCode < 300 ? 'accepted' : statusCode < 500 ? 'refused' : 'failed'
      metrics.callbacks.inc({ outcome })
    })
    routes.post<{ Params: { removalId: string; token?: string } }>(
      '/webhooks/removebgvideo/:removalId/:token?',
      { schema: { hide: true } as object },
      async (request, reply) => {
        const { removalId, token } = request.params
        const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        if (!removalIdSchema.safeParse(removalId).success) throw unknown()
        await requireGenuine({ removalId, token, rawBody, headers: request.headers })
        const header = request.headers['x-webhook-event']
        const facts = callbackFacts(rawBody, typeof header === 'string' ? header : undefined)
        try {
          await deps.removals.callback(removalId, facts)
        } catch (error) {
          if (isRemovalFailure(error) && error.kind === 'NotFound') throw unknown()
          throw error
        }
        return reply.code(202).send({ accepted: true })
      },
    )
  }

  async function requireGenuine(callback: {
    removalId: string
    token: string | undefined
    rawBody: Buffer
    headers: Readonly<Record<string, string | string[] | undefined>>
  }): Promise<void> {
    const { removalId, token, rawBody, headers } = callback
    if (deps.webhookSecret === null) {
      const isKnown =
        token !== undefined && isCallbackToken(token, removalId, await deps.ledger.callbackKey())
      if (!isKnown) throw unknown()
      return
    }
    const signed = {
      timestamp: single(headers['x-webhook-timestamp']),
      signature: single(headers['x-webhook-signature']),
      rawBody,
    }
    if (!isWebhookGenuine(deps.webhookSecret, signed, deps.now())) {
      throw new GatewayRefusal('unauthenticated', 'The callback is not signed, or its time is too far off.')
    }
  }
}

function single(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null
}

/** The same answer for a wrong token and for an unknown removal, so that nothing can be probed. */
function unknown(): GatewayRefusal {
  return new GatewayRefusal('not-found', 'There is no such callback.')
}
