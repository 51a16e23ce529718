import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { REMOVAL_STATES } from '../../domain/removal-document.ts'
import { callerOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { removalBody, removalBodySchema } from './removal-body.schema.ts'

const pageSchema = z
  .object({
    removals: z.array(removalBodySchema),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'RemovalPage', description: '`nextCursor` is null on the last page.' })

/** The project's removals, newest first, a page at a time. */
export function listRoute({ removals }: GatewayDependencies): FastifyPluginAsyncZod {
  return async (routes) => {
    routes.route({
      method: 'GET',
      url: '/v1/removals',
      schema: {
        tags: ['removals'],
        operationId: 'listRemovals',
        summary: "The project's removals, newest first",
        querystring: z.strictObject({
          state: z.enum(REMOVAL_STATES).optional(),
          cursor: z.string().max(300).optional(),
          limit: z.coerce.number().int().min(1).max(100).default(20),
        }),
        response: { 200: pageSchema, ...REFUSALS },
      },
      handler: async (request) => {
        const { state, cursor, limit } = request.query
        const { project } = callerOf(request)
        const after = cursor === undefined ? undefined : placeFrom(cursor)
        const page: RemovalDocument[] = []
        const listed = removals.list({
          ...(state !== undefined && { state }),
          ...(project !== null && { project }),
          ...(after !== undefined && { until: after.createdAt }),
        })
        for await (const document of listed) {
          if (after !== undefined && !isAfter(document, after)) continue
          page.push(document)
          if (page.length > limit) break
        }
        const shown = page.slice(0, limit)
        const last = shown.at(-1)
        const hasMore = page.length > limit && last !== undefined
        return { removals: shown.map(removalBody), nextCursor: hasMore ? cursorOf(last) : null }
      },
    })
  }
}

/** The place of a removal in the list: when it was accepted, and its id among those of the same moment. */
interface Place {
  createdAt: Date
  id: string
}

function cursorOf({ createdAt, id }: RemovalDocument): string {
  return Buffer.from(`${createdAt ?? ''} ${id}`).toString('base64url')
}

function placeFrom(cursor: string): Place {
  const [moment = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ')
  const createdAt = new Date(moment)
  if (Number.isNaN(createdAt.getTime()) || id === '' || createdAt.getUTCFullYear() > 9_999)
    throw new GatewayRefusal('bad-request', 'cursor: expected what the page before gave as nextCursor.')
  return { createdAt, id }
}

/** Those of one moment are listed by their ids, the last one first. The same removal may show a little earlier again. */
function isAfter(document: RemovalDocument, { createdAt, id }: Place): boolean {
  if (document.id === id) return false
  const moment = new Date(document.createdAt ?? 0).getTime()
  return moment < createdAt.getTime() || (moment === createdAt.getTime() && document.id < id)
}
