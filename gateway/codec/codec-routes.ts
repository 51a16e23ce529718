import type { Payload, PayloadCodec } from '@temporalio/common'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { createTokens } from '../auth/tokens.ts'
import { GatewayRefusal } from '../http/problem.ts'
import type { PayloadsBody } from './payloads-body.schema.ts'
import { payloadsBodySchema } from './payloads-body.schema.ts'

/** What a codec server is made of. */
export interface CodecSettings {
  codec: PayloadCodec
  tokens: readonly string[]
  /** Origins of pages that may ask. */
  origins: readonly string[]
}

/** A payload is at most 2 MB, an event has a few of them, and base64 takes a third more. */
const MAX_BODY_BYTES = 16 * 1024 * 1024
/** Headers that the Temporal UI sends. */
const ASKED_HEADERS = 'authorization, content-type, x-namespace'

/**
 * Temporal's protocol of a remote codec: `POST /encode` and `POST /decode` of payloads in JSON. A caller has a token, as a
 * bearer or, since the Temporal UI sends only the tokens of its own users, at the beginning of the path; a page has an
 * origin that is named. Registers its routes on a server that has no others.
 */
export function codecRoutes(server: FastifyInstance, { codec, tokens, origins }: CodecSettings): void {
  const known = createTokens(tokens.map((token) => ({ project: 'codec', token })))
  const requireToken = (request: FastifyRequest): void => {
    const [, bearer] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
    const { token } = request.params as { token?: string }
    if ([bearer, token].some((given) => given !== undefined && known.projectOf(given) !== undefined)) return
    throw new GatewayRefusal('unauthenticated', 'Give a token of CODEC_TOKENS: `Authorization: Bearer …`.', {
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
  server.addHook('onRequest', async ({ headers: { origin, ...headers } }, reply) => {
    if (origin === undefined) return
    reply.header('vary', 'Origin')
    if (!origins.includes(origin))
      throw new GatewayRefusal('forbidden', 'The origin of this page is none of CODEC_ORIGINS.')
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' })
    // A page from the internet that asks a server on this machine or in this network.
    if (headers['access-control-request-private-network'] === 'true')
      reply.header('access-control-allow-private-network', 'true')
  })
  for (const base of ['', '/:token']) {
    for (const way of ['encode', 'decode'] as const) {
      const url = `${base}/${way}`
      // A browser asks first, without the token.
      server.options(url, async (_request, reply) =>
        reply
          .code(204)
          .headers({
            'access-control-allow-methods': 'POST',
            'access-control-allow-headers': ASKED_HEADERS,
            'access-control-max-age': '600',
          })
          .send(),
      )
      server.post<{ Body: PayloadsBody }>(url, {
        bodyLimit: MAX_BODY_BYTES,
        schema: { body: payloadsBodySchema },
        onRequest: async (request) => requireToken(request),
        handler: async ({ body }) => {
          const payloads = await codec[way](body.payloads.map(payloadFrom)).catch(refuse)
          return { payloads: payloads.map(jsonOf) }
        },
      })
    }
  }
  server.get('/healthz', async () => ({ status: 'ok' }))
  server.refuseOtherMethods()
}

/** A payload that does not open is the caller's matter, and no outage of this server. */
function refuse(error: unknown): never {
  if (!isRemovalFailure(error)) throw error
  throw new GatewayRefusal('undecodable', `${error.message}. ${error.facts.hint ?? ''}`)
}

function payloadFrom({ metadata = {}, data = '' }: PayloadsBody['payloads'][number]): Payload {
  const named = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const)
  return { metadata: Object.fromEntries(named), data: Buffer.from(data, 'base64') }
}

function jsonOf({ metadata, data }: Payload): PayloadsBody['payloads'][number] {
  const named = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64Of(value)] as const)
  return { metadata: Object.fromEntries(named), data: base64Of(data) }
}

function base64Of(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64')
}
