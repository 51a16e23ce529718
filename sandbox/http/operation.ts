import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FaultAction, Route } from '../faults/fault.ts'
import { inputOf } from './input-of.ts'
import type { Reply } from './reply.ts'
import { sendReply } from './reply.ts'
import type { Wire } from './reply-under-fault.ts'
import { replyUnderFault } from './reply-under-fault.ts'
import type { Site } from './site.ts'
import { answerFromError, VendorError } from './vendor-error.ts'

/** One call as its operation sees it. */
export type Call = {
  request: FastifyRequest
  /** Fingerprint of the accepted key; empty on routes that take none. */
  fingerprint: string
  jobId: string
  /** The fault that struck; only what concerns jobs and files is left to the operation. */
  fault: FaultAction | undefined
}

type Operation = (call: Call) => Promise<Reply>

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Wraps an operation: counts the request, checks the key, lets a fault strike, answers with a request id. */
export function operation(
  site: Site,
  named: Route,
  run: Operation,
  access: 'keyed' | 'open' = 'keyed',
): Handler {
  return async (request, reply) => {
    const key = request.headers['x-api-key']
    const jobId = jobIdOf(request)
    const route = routeOf(site, named, jobId)
    const input = await inputOf(request, route, jobId, site)
    const fault = site.faults.meet({ route, jobIndex: jobIndexOf(site, route, jobId), input })
    const record = site.requests.begin({
      route,
      method: request.method,
      path: request.url.split('?')[0] ?? '',
      keyFingerprint: typeof key === 'string' ? keyFingerprint(key) : null,
      jobId,
      input,
      fault: fault?.type ?? null,
    })
    const refused = (error: Pick<VendorError, 'status' | 'code' | 'message'>) =>
      answerFromError(error, record.requestId, site.modes.errorShape)
    const carryOut = async (): Promise<Reply> => {
      try {
        const fingerprint = access === 'open' ? '' : requireKey(site, key)
        return await run({ request, fingerprint, jobId: jobId ?? '', fault })
      } catch (error) {
        if (error instanceof VendorError) return refused(error)
        return refused({ status: 500, code: 'internal_error', message: (error as Error).message })
      }
    }
    const wire = wireOf(site, request, reply)
    const answer = await replyUnderFault(fault, carryOut, wire, refused)
    if (answer === 'lost') return reply
    // A refused upload is read to its end: some clients never look at an answer that comes while they send.
    if (answer.status >= 400) await wire.drain()
    record.status = answer.status
    if ('json' in answer) record.jobId ??= createdId(answer.json)
    reply.header('x-request-id', record.requestId)
    return sendReply(reply, answer)
  }
}

/** A status check of a draft is told from one of a job that was to be started, so that faults can mean either. */
function routeOf({ state, requests }: Site, named: Route, jobId: string | null): Route {
  const isDraft =
    named === 'status' && jobId !== null && state.jobs.has(jobId) && !requests.wasStartAsked(jobId)
  return isDraft ? 'draft' : named
}

function requireKey(site: Site, key: string | string[] | undefined): string {
  if (typeof key !== 'string' || key === '')
    throw new VendorError(401, 'missing_api_key', 'X-Api-Key is missing')
  if (!site.state.isAccepted(key)) throw new VendorError(401, 'invalid_api_key', 'Key not recognised')
  return keyFingerprint(key)
}

/** A create has its id only in the answer. */
function createdId(json: unknown): string | null {
  const { id, job_id = id } = json as { id?: string; job_id?: string }
  return job_id ?? null
}

function jobIdOf(request: FastifyRequest): string | null {
  const { job_id, file } = request.params as { job_id?: string; file?: string }
  return job_id ?? file?.split('.')[0] ?? null
}

function jobIndexOf(site: Site, route: Route, jobId: string | null): number | null {
  if (route === 'create') return site.state.jobs.size + 1
  return jobId === null ? null : (site.state.jobs.get(jobId)?.index ?? null)
}

function wireOf(site: Site, request: FastifyRequest, reply: FastifyReply): Wire {
  return {
    hang: () => {
      reply.hijack()
    },
    reset: () => {
      reply.hijack()
      request.raw.socket.resetAndDestroy()
    },
    drain: async () => {
      if (request.raw.readableEnded || request.raw.destroyed) return
      request.raw.resume()
      await new Promise((resolve) => request.raw.once('end', resolve).once('close', resolve))
    },
    closing: site.closing,
    laterMs: site.modes.startExecutedAfterMs,
  }
}

/** Names a key without giving it away. */
function keyFingerprint(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12)
}
