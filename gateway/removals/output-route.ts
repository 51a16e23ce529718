import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { servedFormat } from '../../domain/removal-document.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'
import { FORMAT_FILES } from '../../domain/request-values.ts'
import { authenticate, callerOf } from '../auth/authenticate.ts'
import { opensOutput, outputTicket } from '../auth/output-links.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { byteRangeFrom } from '../http/byte-range.ts'
import { contentDisposition } from '../http/content-disposition.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { ownRemoval } from './own-removal.ts'
import { storedOutput } from './stored-output.ts'

const params = z.object({ id: removalIdSchema })

/** The description of an answer that carries the output, in whatever format it was bought. */
function bytes(description: string) {
  const types = Object.values(FORMAT_FILES).map(({ contentType }) => [contentType, { schema: z.any() }])
  return { description, content: Object.fromEntries(types) as Record<string, { schema: z.ZodAny }> }
}

/** The bytes of what was bought, and links to them that a browser can follow. */
export function outputRoutes(deps: GatewayDependencies): FastifyPluginAsyncZod {
  const { storage, tokens, now } = deps
  return async (routes) => {
    routes.route({
      method: ['GET', 'HEAD'],
      url: '/v1/removals/:id/output',
      exposeHeadRoute: false,
      onRequest: async (request) => {
        // A link carries a ticket instead, which is looked at once the removal's project is known.
        const { signature } = request.query as { signature?: string }
        if (signature === undefined || signature === '') authenticate(request, deps)
        else deps.limits.takeRequest('links to outputs')
      },
      schema: {
        tags: ['removals'],
        operationId: 'getOutput',
        summary: "The output's bytes, whole or a range of them",
        params,
        querystring: z.object({
          expires: z.string().max(20).optional(),
          signature: z.string().max(100).optional(),
          download: z.string().max(5).optional(),
        }),
        headers: z.object({
          range: z.string().max(200).optional(),
          'if-none-match': z.string().max(2_000).optional(),
          'if-range': z.string().max(200).optional(),
        }),
        response: {
          200: bytes('the whole output'),
          206: bytes('the part that was asked for'),
          304: z.null().describe('It is what the client has.'),
          ...REFUSALS,
        },
      },
      handler: async (request, reply) => {
        const { expires = '', signature = '', download } = request.query
        const { id } = request.params
        const document =
          signature === ''
            ? await ownRemoval(id, callerOf(request), deps)
            : await ticketed(id, { expires, signature })
        const { key, sizeBytes, output } = await storedOutput(document, storage)
        const etag = `"${output.sha256}"`
        const { contentType, extension } = FORMAT_FILES[servedFormat(document)]
        reply.headers({
          etag,
          'accept-ranges': 'bytes',
          'cache-control': 'private, no-cache',
          'content-type': contentType,
          'content-disposition': contentDisposition(
            `${nameOf(document)}.cutout.${extension}`,
            download === undefined ? 'inline' : 'attachment',
          ),
        })
        const { 'if-none-match': seen, 'if-range': ifRange, range } = request.headers
        if (seen !== undefined && (seen.trim() === '*' || seen.includes(etag)))
          return reply.code(304).send(null)
        const part = ifRange === undefined || ifRange === etag ? byteRangeFrom(range, sizeBytes) : null
        if (part !== null) {
          reply.code(206).header('content-range', `bytes ${part.start}-${part.endExclusive - 1}/${sizeBytes}`)
        }
        reply.header('content-length', part === null ? sizeBytes : part.endExclusive - part.start)
        if (request.method === 'HEAD') return reply.send()
        const gone = new AbortController()
        reply.raw.on('close', () => gone.abort())
        return reply.send(await storage.read(key, { ...part, signal: gone.signal }))
      },
    })

    routes.route({
      method: 'POST',
      url: '/v1/removals/:id/output-link',
      onRequest: async (request) => void authenticate(request, deps),
      schema: {
        tags: ['removals'],
        operationId: 'createOutputLink',
        summary: 'A link to the output for a browser, valid for some minutes',
        params,
        response: { 200: z.object({ url: z.string() }), ...REFUSALS },
      },
      handler: async (request) => {
        const { id, project } = await ownRemoval(request.params.id, callerOf(request), deps)
        const ticket = outputTicket({ project, removalId: id }, tokens, now())
        return {
          url: `/v1/removals/${id}/output${ticket === null ? '' : `?expires=${ticket.expires}&signature=${ticket.signature}`}`,
        }
      },
    })
  }

  /** A ticket is signed for one removal, so whoever has it may read that output and nothing else. */
  async function ticketed(
    id: string,
    ticket: { expires: string; signature: string },
  ): Promise<RemovalDocument> {
    const document = await deps.removals.status(id)
    if (opensOutput(ticket, { project: document.project, removalId: id }, tokens, now())) return document
    throw new GatewayRefusal('forbidden', 'The link is no longer valid: ask for a new one.')
  }
}

function nameOf({ input, id }: RemovalDocument): string {
  const last = input?.source.split('/').at(-1) ?? ''
  return last.replace(/\.[A-Za-z0-9]{1,5}$/, '') || id
}
