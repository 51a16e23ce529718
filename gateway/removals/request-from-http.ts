import type { FastifyRequest } from 'fastify'
import type { GivenInput } from '../../client/start/given-input.ts'
import { newInputKey } from '../../client/start/stage-input.ts'
import type { RemovalRequestInput } from '../../domain/removal-request.schema.ts'
import { httpRequestSchema } from '../../domain/removal-request.schema.ts'
import type { Caller } from '../auth/authenticate.ts'
import { projectOf } from '../auth/authenticate.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { fieldErrorsFrom, WrongFields } from '../http/field-errors.ts'
import { GatewayRefusal } from '../http/problem.ts'
import { readForm } from '../http/read-form.ts'
import { fieldsFromForm } from './fields-from-form.ts'

/** A request as the client takes it, and the file that came with it. */
export interface HttpRequest {
  request: RemovalRequestInput
  /** The input that lies in the storage already; null where the source is a URL. */
  input: GivenInput | null
  /** Removes the file that came with a request which leads to nothing. */
  discard(): Promise<void>
}

interface Reading {
  caller: Caller
  /** The folder's name under which a file of this request is staged. */
  stagedAs: string
}

/** Reads a request in either of its forms. A wrong field is a problem with an entry for it, and nothing stays behind. */
export async function requestFromHttp(
  request: FastifyRequest,
  { caller, stagedAs }: Reading,
  deps: GatewayDependencies,
): Promise<HttpRequest> {
  if (request.isMultipart()) return requestFromForm(request, { caller, stagedAs }, deps)
  const asked = parsed(request.body ?? {}, caller)
  if (!('upload' in asked.source))
    return { request: { ...asked, source: asked.source }, input: null, discard }
  // Who brought the upload may name any project for the removal, where there are no tokens.
  const input = await deps.uploads.finished(asked.source.upload, projectOf(caller))
  return { request: { ...asked, source: { stored: input.key } }, input, discard }
}

async function discard(): Promise<void> {}

async function requestFromForm(
  request: FastifyRequest,
  { caller, stagedAs }: Reading,
  { storage, limits }: GatewayDependencies,
): Promise<HttpRequest> {
  let input: GivenInput | undefined
  const discardInput = async (): Promise<void> => {
    if (input !== undefined) await storage.remove(input.key)
  }
  try {
    const { fields, file } = await readForm(
      request,
      { project: projectOf(caller), limits },
      async (fileName, bytes) => {
        const key = newInputKey(stagedAs, fileName)
        input = { key, fileName, ...(await storage.write(key, bytes)), stagedFor: stagedAs }
        return input
      },
    )
    const { source: _source, ...asked } = parsed(
      { ...fieldsFromForm(fields), source: { upload: 'file' } },
      caller,
    )
    return { request: { ...asked, source: { stored: file.key } }, input: file, discard: discardInput }
  } catch (error) {
    await discardInput()
    throw error
  }
}

/** The project is the token's; a request may name no other. */
function parsed(body: unknown, { project }: Caller) {
  const result = httpRequestSchema.safeParse(body)
  if (!result.success) throw new WrongFields(fieldErrorsFrom(result.error))
  const named = (body as { project?: string }).project
  if (project !== null && named !== undefined && named !== project) {
    throw new GatewayRefusal('forbidden', 'project: expected the project of the token.')
  }
  return { ...result.data, project: project ?? result.data.project }
}
