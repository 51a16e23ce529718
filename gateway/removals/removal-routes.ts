import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'
import type { Caller } from '../auth/authenticate.ts'
import { callerOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { REFUSALS } from '../http/problem-body.schema.ts'
import { ownRemoval } from './own-removal.ts'
import { waitForEnd, waitSecondsFrom } from './prefer-wait.ts'
import { removalBody, removalBodySchema } from './removal-body.schema.ts'

const byId = z.object({ id: removalIdSchema })

/** Whoever resumes or cancels, in their own words. */
const words = {
  by: z.string().min(1).max(100).exactOptional(),
  note: z.string().min(1).max(300).exactOptional(),
}
const cancelBodySchema = z.strictObject(words).nullish()
const resumeBodySchema = z
  .strictObject({
    as: z.enum(['started', 'not-started']).exactOptional(),
    maxCredits: z.number().positive().max(1e9).exactOptional(),
    ...words,
    note: z.string().min(1).max(500).exactOptional(),
  })
  .nullish()
type ResumeBody = NonNullable<z.infer<typeof resumeBodySchema>>

/** Which credential was used is the gateway's to say; what a caller says of a person comes before it. */
function byWhom({ name }: Caller, said: string | undefined): string {
  return said === undefined ? name : `${said} (${name})`
}

/** Reading, cancelling, deleting and resuming removals of the caller's project. */
export function removalRoutes(deps: GatewayDependencies): FastifyPluginAsyncZod {
  return async (routes) => {
    routes.route({
      method: 'GET',
      url: '/v1/removals/:id',
      schema: {
        tags: ['removals'],
        operationId: 'getRemoval',
        summary: 'How a removal stands; with `Prefer: wait=<s>` once it has ended or parked',
        params: byId,
        headers: z.object({ prefer: z.string().max(200).optional() }),
        response: { 200: removalBodySchema, ...REFUSALS },
      },
      handler: async (request, reply) => {
        const document = await ownRemoval(request.params.id, callerOf(request), deps)
        const seconds = waitSecondsFrom(request.headers.prefer)
        if (seconds > 0) reply.header('preference-applied', `wait=${seconds}`)
        return removalBody(await waitForEnd(document, seconds, deps))
      },
    })

    routes.route({
      method: 'POST',
      url: '/v1/removals/:id/cancel',
      schema: {
        tags: ['removals'],
        operationId: 'cancelRemoval',
        summary: 'Ask for cancellation; a started vendor job runs and bills to its end',
        params: byId,
        body: cancelBodySchema,
        response: { 202: removalBodySchema, ...REFUSALS },
      },
      handler: async (request, reply) => {
        const caller = callerOf(request)
        const { id } = await ownRemoval(request.params.id, caller, deps)
        const said = request.body ?? {}
        const document = await deps.removals.cancel(id, { ...said, by: byWhom(caller, said.by) })
        return reply.code(202).send(removalBody(document))
      },
    })

    routes.route({
      method: 'DELETE',
      url: '/v1/removals/:id',
      schema: {
        tags: ['removals'],
        operationId: 'deleteRemoval',
        summary: 'Delete the files of a removal that has ended; what it cost stays in the ledger',
        params: byId,
        response: { 200: removalBodySchema, ...REFUSALS },
      },
      handler: async (request) => {
        const document = await ownRemoval(request.params.id, callerOf(request), deps)
        return removalBody(await deleted(document))
      },
    })

    routes.route({
      method: 'POST',
      url: '/v1/removals/:id/resume',
      schema: {
        tags: ['removals'],
        operationId: 'resumeRemoval',
        summary: 'Let a parked removal go on; `as` answers an unknown outcome',
        params: byId,
        body: resumeBodySchema,
        response: { 202: removalBodySchema, ...REFUSALS },
      },
      handler: async (request, reply) => {
        const caller = callerOf(request)
        const document = await ownRemoval(request.params.id, caller, deps)
        await resume(document, request.body ?? {}, caller)
        return reply.code(202).send(removalBody(await deps.removals.status(document.id)))
      },
    })
  }

  /** What stands in the way of a deletion is another state, of this removal or of one that reads its files. */
  async function deleted({ id }: RemovalDocument): Promise<RemovalDocument> {
    try {
      return await deps.removals.delete(id)
    } catch (error) {
      if (isRemovalFailure(error) && error.kind === 'InvalidRequest')
        throw new GatewayRefusal('conflict', `${error.message}. ${error.toDocument().hint}`)
      throw error
    }
  }

  async function resume({ id, state }: RemovalDocument, answer: ResumeBody, caller: Caller): Promise<void> {
    if (isFinal(state)) throw new GatewayRefusal('not-parked', `The removal has ended: ${state}.`)
    try {
      await deps.removals.resume(id, { ...answer, by: byWhom(caller, answer.by) })
    } catch (error) {
      if (isRemovalFailure(error) && error.kind === 'InvalidRequest' && state !== 'parked')
        throw new GatewayRefusal('not-parked', error.message)
      throw error
    }
  }
}
