import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Client } from '@temporalio/client'
import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import type { Removals, Storage } from 'matteflow/client'
import { FAILURES, isRemovalFailure } from 'matteflow/client'
import { ORDERS } from './worker.ts'
import type { order } from './workflows.ts'

interface WithVideo {
  Params: { id: string }
  Body: Readable
}

/** Two ways to a removal: from a handler, and as a step of a workflow of ours. */
export function createServer(client: Client, storage: Storage, removals: Removals): FastifyInstance {
  const server = Fastify()

  // Videos pass through as streams, and are never whole in memory.
  server.addContentTypeParser(/^video\//, (_request, body, done) => done(null, body))

  // The same id and video is the same removal, so that a caller may repeat this as often as it likes.
  server.put<WithVideo>('/removals/:id', async ({ params: { id }, body }, reply) => {
    const { document } = await removals.start({ id, source: body }, { fileName: `${id}.mp4` })
    return reply.code(202).send(document)
  })
  server.get<WithVideo>('/removals/:id', ({ params: { id } }) => removals.status(id))
  server.get<WithVideo>('/removals/:id/output', async ({ params: { id } }, reply) =>
    reply.type('video/webm').send(await removals.open(id)),
  )

  server.put<WithVideo>('/orders/:id', async ({ params: { id }, body }, reply) => {
    const key = `orders/${id}/${randomUUID()}.mp4`
    await storage.write(key, body)
    await client.workflow.start<typeof order>('order', {
      workflowId: `order/${id}`,
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue: ORDERS,
      args: [id, key],
    })
    return reply.code(202).send({ id })
  })
  server.get<WithVideo>('/orders/:id', async ({ params: { id } }) => {
    const handle = client.workflow.getHandle<typeof order>(`order/${id}`)
    const { status } = await handle.describe()
    return status.name === 'COMPLETED' ? handle.result() : { orderId: id, state: status.name }
  })

  // Every failure has a kind, a status for HTTP, and a sentence for whoever waits for the video.
  server.setErrorHandler((error, _request, reply) => {
    if (!isRemovalFailure(error)) return reply.send(error)
    const { kind, userMessage } = error.toDocument()
    return reply.code(FAILURES[kind].httpStatus).send({ kind, message: userMessage })
  })
  return server
}
