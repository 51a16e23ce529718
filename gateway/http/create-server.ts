import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastify, { LogController } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { fieldErrorsFrom, WrongFields } from './field-errors.ts'
import type { Problem } from './problem.ts'
import { GatewayRefusal, problemOfFailure, problemOfRefusal } from './problem.ts'
import { securityHeaders } from './security-headers.ts'

/** JSON bodies are requests, never media. */
const MAX_JSON_BYTES = 256 * 1024

/** For how long a connection may be held. */
export interface ConnectionBounds {
  /** A client that sends its headers, or a body that is no video, more slowly than this holds a connection for nothing. */
  headersWithinMs: number
  smallBodyWithinMs: number
  /** Longer than any wait that is answered in silence, so that what is silent for longer is dead. */
  idleMs: number
  /** How often Node looks for heads that are late. */
  lookEveryMs: number
}

const DEFAULT_BOUNDS: ConnectionBounds = {
  headersWithinMs: 15_000,
  smallBodyWithinMs: 30_000,
  idleMs: 120_000,
  lookEveryMs: 5_000,
}

/** A client that is refused while it sends reads the response within this, if what it still sends is taken off it. */
const REFUSED_BODY_WITHIN_MS = 10_000

/** An HTTP server without routes: ids, security headers, and one way in which every refusal is answered. */
export function createServer(
  { log }: Pick<GatewayDependencies, 'log'>,
  bounds: ConnectionBounds = DEFAULT_BOUNDS,
  role = 'gateway',
): FastifyInstance {
  const server = fastify({
    loggerInstance: log.child({ role }, { level: log.level }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newRequestId,
    bodyLimit: MAX_JSON_BYTES,
    routerOptions: { maxParamLength: 200 },
    // Uploads take as long as they take.
    requestTimeout: 0,
    connectionTimeout: bounds.idleMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: { headersTimeout: bounds.headersWithinMs, connectionsCheckingInterval: bounds.lookEveryMs },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: (error, socket) => refuseConnection(error, socket),
  })
  server.setValidatorCompiler<z.ZodType>(({ schema }) => (value: unknown) => {
    const { data, error } = schema.safeParse(value)
    return error === undefined ? { value: data } : { error: new WrongFields(fieldErrorsFrom(error)) }
  })
  understandJsonAlone(server)
  server.setSerializerCompiler(serializerCompiler)
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, ...securityHeaders })
    const { 'content-encoding': coding, 'content-type': type } = request.headers
    if (coding !== undefined && coding !== 'identity') {
      throw new GatewayRefusal('unsupported-media-type', 'Send the body without a Content-Encoding.')
    }
    if (type?.includes('json')) boundSmallBody(request, bounds)
  })
  server.setErrorHandler((error: FastifyError, request, reply) => sendProblem(error, request, reply))
  refuseOtherMethods(server)
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      new GatewayRefusal('not-found', `${request.method} ${pathOf(request.url)} is unknown.`),
      request,
      reply,
    ),
  )
  return server
}

/**
 * JSON is the one type of a body that every server takes; a form and the pieces of an upload are added where they are taken.
 * Many a client says that it brings JSON and brings nothing: an empty body is none.
 */
function understandJsonAlone(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else void parse(request, body as string, done)
  })
}

function newRequestId(): string {
  return `req_${randomUUID().replaceAll('-', '')}`
}

/** A body that drips in byte by byte is refused, and ends with its connection. */
function boundSmallBody({ raw }: FastifyRequest, { smallBodyWithinMs }: ConnectionBounds): void {
  endWithin(raw, smallBodyWithinMs, () => {
    const { socket } = raw
    refuseConnection({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket)
    socket.destroySoon()
  })
}

/** Cuts the connection of a request whose body has not come by then, whether anybody reads it or not. */
function endWithin(raw: IncomingMessage, withinMs: number, cut: () => void = () => raw.destroy()): void {
  const timer = setTimeout(() => {
    if (!raw.complete) cut()
  }, withinMs)
  timer.unref()
  raw.once('close', () => clearTimeout(timer))
}

/** Every path answers the methods that it does not know with a 405 and those that it knows. */
function refuseOtherMethods(server: FastifyInstance): void {
  const known = new Map<string, Set<string>>()
  server.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set()
    for (const name of [method].flat()) methods.add(name)
    known.set(url, methods)
  })
  server.decorate('refuseOtherMethods', () => {
    for (const [url, methods] of [...known]) {
      const others = server.supportedMethods.filter((name) => !methods.has(name))
      const allow = [...methods].toSorted().join(', ')
      server.route({
        method: others,
        url,
        schema: { hide: true } as object,
        // Before its body is looked at: whatever was sent with it, the method is what is wrong.
        onRequest: async ({ method }) => {
          throw new GatewayRefusal('method-not-allowed', `${method} is not possible here.`, {
            headers: { allow },
          })
        },
        handler: async () => null,
      })
    }
  })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Called once all routes are there. */
    refuseOtherMethods(): void
  }
}

type AnyError = Error & { code?: string; statusCode?: number }

function sendProblem(error: AnyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof GatewayRefusal) reply.headers(error.headers)
  const problem = problemOf(error, request.id)
  if (problem.status >= 500) {
    const { status, kind } = problem
    reply.log.warn({ requestId: request.id, status, kind, reason: error.message }, 'request failed')
  }
  if (!request.raw.complete) takeTheRest(request, reply.raw)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem)
}

/**
 * Goes on reading, for a moment, what a refused client is still sending. A connection that is closed with unread bytes is
 * reset, and the client would never see why.
 */
function takeTheRest({ raw }: FastifyRequest, response: ServerResponse): void {
  endWithin(raw, REFUSED_BODY_WITHIN_MS)
  response.once('finish', () => raw.unpipe().resume())
}

/** What is no HTTP is answered before there is a request. */
function refuseConnection(error: { code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable) return
  const status = STATUS_OF_PARSER[error.code ?? ''] ?? '400 Bad Request'
  const refusal = new GatewayRefusal(
    'bad-request',
    'What was sent is no HTTP request that this gateway understands.',
  )
  const problem = { ...problemOfRefusal(refusal, newRequestId()), status: Number(status.slice(0, 3)) }
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const STATUS_OF_PARSER: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

function problemOf(error: AnyError, requestId: string): Problem {
  if (isRemovalFailure(error)) return problemOfFailure(error, requestId)
  if (error instanceof WrongFields)
    return { ...problemOfFailure(error.failure, requestId), errors: error.errors }
  const refusal = refusalFrom(error)
  if (refusal !== undefined) return problemOfRefusal(refusal, requestId)
  const message = `${error.name}: ${error.message}`.slice(0, 300)
  return problemOfFailure(new RemovalFailure('Unexpected', message, { cause: error }), requestId)
}

/** Refusals of ours and of Fastify, by its status; everything else is a bug of ours. */
function refusalFrom(error: AnyError): GatewayRefusal | undefined {
  if (error instanceof GatewayRefusal) return error
  switch (error.statusCode) {
    case 404:
      return new GatewayRefusal('not-found', error.message)
    case 413:
      return new GatewayRefusal('content-too-large', error.message)
    case 415:
    case 406:
      return new GatewayRefusal('unsupported-media-type', error.message)
    default:
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? new GatewayRefusal('bad-request', error.message)
        : undefined
  }
}

function pathOf(url: string): string {
  return url.split('?')[0]?.slice(0, 200) ?? ''
}
