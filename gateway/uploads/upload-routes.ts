import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Locker, Upload } from '@tus/server'
import { Server, TUS_RESUMABLE } from '@tus/server'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { GivenInput } from '../../client/start/given-input.ts'
import { MAX_INPUT_BYTES } from '../../domain/container.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { callerOf, projectOf } from '../auth/authenticate.ts'
import type { UploadInFlight } from '../auth/project-limits.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { TusError } from './tus-error.ts'
import { newUploadId, uploadEndsAtMs } from './upload-id.ts'
import type { UploadMetadata } from './upload-metadata.ts'
import { uploadMetadataFrom } from './upload-metadata.ts'
import type { UploadStore } from './upload-store.ts'
import { UPLOADS_PREFIX } from './upload-store.ts'
import type { Uploads } from './uploads.ts'

const PATH = '/v1/uploads'
/** The tus protocol's own answer to bytes that are not those which were announced. */
const CHECKSUM_MISMATCH = { status_code: 460, body: 'The bytes are not those of the declared sha256\n' }
/** What the stores keep beside an upload's bytes. */
const BESIDE = ['', '.json', '.info', '.part'] as const

interface UploadParts extends UploadStore {
  locker: Locker
}

/** Uploads in pieces by the tus protocol, which keeps its own errors; and what removals take from them. */
export function createUploads(
  deps: Omit<GatewayDependencies, 'uploads'>,
  { store, nameOf, locker }: UploadParts,
): { uploads: Uploads; routes: FastifyPluginAsync } {
  const { storage, limits, now } = deps
  /** The project of each request that the tus server handles. */
  const projects = new WeakMap<IncomingMessage, string>()
  const tus = new Server({
    path: PATH,
    datastore: store,
    locker,
    maxSize: MAX_INPUT_BYTES,
    respectForwardedHeaders: false,
    allowedOrigins: () => false,
    namingFunction: () => nameOf(newUploadId(now())),
    getFileIdFromRequest: (_request, id) => (id === undefined ? undefined : nameOf(id)),
    generateUrl: (_request, { path, id }) => `${path}/${id.split('/').at(-1)}`,
    async onUploadCreate(request, upload) {
      const node = request.runtime?.node?.req
      const project = node === undefined ? undefined : projects.get(node as IncomingMessage)
      const { filename, sha256 } = upload.metadata ?? {}
      const metadata = {
        filename: filename ?? 'input',
        sha256: sha256?.toLowerCase() ?? '',
        project: project ?? '',
      }
      if (project === undefined || uploadMetadataFrom(metadata) === undefined) {
        throw new TusError({
          status_code: 400,
          body: 'Upload-Metadata: expected sha256 (64 hex digits); filename may be left out\n',
        })
      }
      if (!upload.size)
        throw new TusError({ status_code: 400, body: 'Upload-Length: expected the size of the video\n' })
      return { metadata }
    },
    async onUploadFinish(_request, upload) {
      const id = upload.id.split('/').at(-1) ?? upload.id
      const declared = uploadMetadataFrom(upload.metadata)
      if (declared?.sha256 === (await sha256Of(id))) return {}
      await remove(id)
      throw new TusError(CHECKSUM_MISMATCH)
    },
    async onResponseError(_request, error) {
      // What is not offered is asked for in vain: a fault of the request, and none of ours.
      if ('status_code' in error && error.status_code === 501) return { status_code: 400, body: error.body }
      if (!isRemovalFailure(error)) return undefined
      return { status_code: 503, body: `${error.message}\n` }
    },
  })

  async function sha256Of(id: string): Promise<string> {
    const hash = createHash('sha256')
    for await (const chunk of await storage.read(keyOf(id))) hash.update(chunk as Uint8Array)
    return hash.digest('hex')
  }

  async function remove(id: string): Promise<void> {
    // Ends what the store has under way, the parts of S3 among it; of a finished upload it knows nothing any more.
    await store.remove(nameOf(id)).catch(() => {})
    for (const ending of BESIDE) await storage.remove(`${keyOf(id)}${ending}`)
  }

  /** The upload of this project, finished or not; another project's is as unknown as one that never was. */
  async function ownUpload(
    id: string,
    project: string,
  ): Promise<{ upload: Upload; declared: UploadMetadata }> {
    const endsAtMs = uploadEndsAtMs(id)
    if (endsAtMs === undefined) throw unknownUpload(id)
    if (endsAtMs <= now()) throw timedOut(id)
    const upload = await store.getUpload(nameOf(id)).catch((error: unknown) => {
      if (isGone(error)) return undefined
      throw error
    })
    const declared = uploadMetadataFrom(upload?.metadata)
    if (upload === undefined || declared?.project !== project) throw unknownUpload(id)
    return { upload, declared }
  }

  return {
    uploads: {
      async finished(id, project): Promise<GivenInput> {
        const { upload, declared } = await ownUpload(id, project)
        if (upload.size === undefined) throw unknownUpload(id)
        if (upload.offset !== upload.size) {
          throw new GatewayRefusal(
            'upload-incomplete',
            `The upload ${id} has ${upload.offset} of ${upload.size} bytes.`,
          )
        }
        const { fileName, sha256 } = declared
        return { key: keyOf(id), fileName, sha256, sizeBytes: upload.size, stagedFor: null }
      },
      async removeExpired() {
        const expired = new Set<string>()
        for await (const key of storage.list(UPLOADS_PREFIX)) {
          const id = (key.split('/').at(-1) ?? '').split('.')[0] ?? ''
          const endsAtMs = uploadEndsAtMs(id)
          if (endsAtMs !== undefined && endsAtMs <= now()) expired.add(id)
        }
        for (const id of expired) await remove(id)
        return expired.size
      },
    },
    routes: async (routes) => {
      routes.addContentTypeParser('application/offset+octet-stream', (_request, _body, done) => done(null))
      const handle = async (request: FastifyRequest<{ Params: { id?: string } }>, reply: FastifyReply) => {
        const project = projectOf(callerOf(request))
        const { id } = request.params
        const known = id === undefined ? undefined : (await ownUpload(id, project)).upload
        const inFlight = beginUpload(request, { project, known })
        projects.set(request.raw, project)
        reply.hijack()
        for (const [name, value] of Object.entries({ ...securityHeaders, 'x-request-id': request.id }))
          reply.raw.setHeader(name, value)
        try {
          await tus.handle(request.raw, reply.raw)
        } catch (error) {
          deps.log.warn({ requestId: request.id, reason: String(error).slice(0, 300) }, 'upload failed')
          reply.raw.destroy()
        } finally {
          inFlight?.end()
        }
      }
      const schema = { hide: true } as object
      routes.route({ method: ['POST', 'OPTIONS'], url: PATH, schema, handler: handle })
      routes.route({ method: ['HEAD', 'PATCH'], url: `${PATH}/:id`, schema, handler: handle })
      // The store for S3 cannot remove what is finished, so that the removing is ours.
      routes.delete<{ Params: { id: string } }>(`${PATH}/:id`, { schema }, async (request, reply) => {
        const { id } = request.params
        await ownUpload(id, projectOf(callerOf(request)))
        await remove(id)
        return reply.code(204).header('tus-resumable', TUS_RESUMABLE).send(null)
      })
      // Tells how an upload stands to whoever does not speak tus; its bytes are handed out to nobody.
      routes.get<{ Params: { id: string } }>(
        `${PATH}/:id`,
        { schema, exposeHeadRoute: false },
        async (request) => {
          const { id } = request.params
          const { upload, declared } = await ownUpload(id, projectOf(callerOf(request)))
          const { offset, size } = upload
          return {
            id,
            state: offset === size ? 'complete' : offset === 0 ? 'waiting' : 'uploading',
            fileName: declared.fileName,
            bytes: offset,
            size: size ?? null,
            expiresAt: new Date(uploadEndsAtMs(id) ?? 0).toISOString(),
          }
        },
      )
    },
  }

  /** What brings bytes counts against the limits of its project. */
  function beginUpload(
    { method, headers }: FastifyRequest,
    { project, known }: { project: string; known: Upload | undefined },
  ): UploadInFlight | undefined {
    if (method !== 'PATCH' && headers['content-type'] !== 'application/offset+octet-stream') return undefined
    const inFlight = limits.beginUpload(project)
    try {
      // A body that does not say its length may bring all that is missing.
      const missing =
        known === undefined ? headers['upload-length'] : (known.size ?? known.offset) - known.offset
      inFlight.took(Number(headers['content-length'] ?? missing) || 0)
      return inFlight
    } catch (error) {
      inFlight.end()
      throw error
    }
  }
}

function keyOf(id: string): string {
  return `${UPLOADS_PREFIX}/${id}`
}

/** What tus throws for an upload that is not there. */
function isGone(error: unknown): boolean {
  const { status_code: status } = (error ?? {}) as { status_code?: number }
  return status === 404 || status === 410
}

function unknownUpload(id: string): GatewayRefusal {
  return new GatewayRefusal('not-found', `There is no upload ${id.slice(0, 80)}.`)
}

function timedOut(id: string): GatewayRefusal {
  return new GatewayRefusal('upload-timed-out', `The upload ${id} was not used within its time.`)
}
