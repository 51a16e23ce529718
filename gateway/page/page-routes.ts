import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { remembered } from '../../domain/remembered.ts'
import { GatewayRefusal } from '../http/problem.ts'
import type { PageFile } from './page-files.ts'
import { readPageFiles } from './page-files.ts'

/**
 * Everything comes from this origin. `blob:` is for what the page makes itself: pictures and videos of local files, and
 * the worker that merges colour and alpha.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page, to everyone who reaches the gateway: it holds nothing of anyone, and asks for a token where one is needed. */
export const pageRoutes: FastifyPluginAsync = async (routes) => {
  const files = remembered(readPageFiles)
  const schema = { hide: true } as object

  routes.get('/', { schema }, async (request, reply) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
    return send('index.html', await files.get(), request, reply)
  })
  routes.get<{ Params: { file: string } }>('/page/:file', { schema }, async (request, reply) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
    return send(request.params.file, await files.get(), request, reply)
  })
}

function send(
  name: string,
  files: ReadonlyMap<string, PageFile>,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const file = files.get(name)
  if (file === undefined) throw new GatewayRefusal('not-found', `The page has no file ${name.slice(0, 80)}.`)
  const { etag, contentType, codings } = file
  reply.headers({ etag, 'content-type': contentType, 'cache-control': 'no-cache', vary: 'accept-encoding' })
  if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send()
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const coding = (['br', 'gzip'] as const).find(
    (name) =>
      codings[name] !== undefined &&
      new RegExp(`\\b${name}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(accepted),
  )
  if (coding !== undefined) reply.header('content-encoding', coding)
  return reply.send(Buffer.from(codings[coding ?? 'identity'] ?? codings.identity))
}
