import multipart from '@fastify/multipart'
import type { FastifyError, FastifyInstance } from 'fastify'
import { fastify } from 'fastify'
import { operation } from './operation.ts'
import { sendReply } from './reply.ts'
import { createJob } from './routes/create-job.ts'
import { outputFile, uploadedFile } from './routes/files.ts'
import { download, health, pricing } from './routes/public.ts'
import { listJobs, readJob } from './routes/read-jobs.ts'
import { startJob } from './routes/start-job.ts'
import { upload } from './routes/upload.ts'
import { usageEvents, usageSummary } from './routes/usage.ts'
import type { Site } from './site.ts'
import { answerFromError, VendorError } from './vendor-error.ts'

/** The vendor's routes, not yet listening. */
export async function buildServer(site: Site): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true, exposeHeadRoutes: false })
  await app.register(multipart)
  // Operations parse JSON themselves, after the key check, as the vendor would.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  )
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const refused = error instanceof VendorError ? error : refusal(error)
    return sendReply(reply, answerFromError(refused, 'req_000000', site.modes.errorShape))
  })
  app.setNotFoundHandler((_request, reply) => {
    const error = { status: 404, code: 'not_found', message: 'No such route' }
    return sendReply(reply, answerFromError(error, 'req_000000', site.modes.errorShape))
  })
  addVendorRoutes(app, site)
  return app
}

function refusal({ statusCode = 500, message }: FastifyError): {
  status: number
  code: string
  message: string
} {
  return statusCode < 500
    ? { status: 400, code: 'invalid_request', message }
    : { status: 500, code: 'internal_error', message }
}

function addVendorRoutes(app: FastifyInstance, site: Site): void {
  app.post(
    '/v1/uploads',
    operation(site, 'upload', (call) => upload(call, site)),
  )
  app.post(
    '/v1/jobs',
    operation(site, 'create', (call) => createJob(call, site)),
  )
  app.post(
    '/v1/jobs/:job_id/start',
    operation(site, 'start', (call) => startJob(call, site)),
  )
  app.get(
    '/v1/jobs/:job_id',
    operation(site, 'status', (call) => readJob(call, site)),
  )
  app.get(
    '/v1/jobs',
    operation(site, 'list', (call) => listJobs(call, site)),
  )
  app.get(
    '/v1/usage/summary',
    operation(site, 'usage', (call) => usageSummary(call, site)),
  )
  app.get(
    '/v1/usage/events',
    operation(site, 'usage', (call) => usageEvents(call, site)),
  )
  app.get(
    '/api/download/:job_id',
    operation(site, 'download', (call) => download(call, site), 'open'),
  )
  app.get('/api/pricing', operation(site, 'pricing', pricing, 'open'))
  app.get('/health', operation(site, 'health', health, 'open'))
  app.get(
    '/outputs/:file',
    operation(site, 'output', (call) => outputFile(call, site), 'open'),
  )
  app.get(
    '/uploads/:file',
    operation(site, 'source', (call) => uploadedFile(call, site), 'open'),
  )
}
