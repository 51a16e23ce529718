import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { servedFormat } from '../../domain/removal-document.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'
import { callerOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { ownRemoval } from './own-removal.ts'
import { createStills } from './stills.ts'
import { storedOutput } from './stored-output.ts'

/** One for lists, one for looking at. */
const WIDTHS = ['240', '960'] as const

/** A picture of an output, for whoever cannot play it. */
export function stillRoute(deps: GatewayDependencies): FastifyPluginAsyncZod {
  const stills = createStills(deps.storage)
  return async (routes) => {
    routes.route({
      method: 'GET',
      url: '/v1/removals/:id/still',
      schema: {
        tags: ['removals'],
        operationId: 'getStill',
        summary: 'One frame from the middle of the output, as a PNG with its alpha',
        params: z.object({ id: removalIdSchema }),
        querystring: z.strictObject({ width: z.enum(WIDTHS).default('960') }),
        headers: z.object({ 'if-none-match': z.string().max(2_000).optional() }),
        response: {
          200: { description: 'a PNG', content: { 'image/png': { schema: z.unknown() } } },
          304: z.null().describe('It is the picture that the client has.'),
          ...REFUSALS,
        },
      },
      handler: async (request, reply) => {
        const document = await ownRemoval(request.params.id, callerOf(request), deps)
        const { key, output } = await storedOutput(document, deps.storage)
        const { width } = request.query
        const etag = `"${output.sha256}-${width}"`
        reply.headers({ etag, 'cache-control': 'private, no-cache' })
        if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send(null)
        const format = servedFormat(document)
        const picture = await stills.draw({ key, sha256: output.sha256, format, width: Number(width) })
        reply.type('image/png')
        return reply.send(picture)
      },
    })
  }
}
