import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { GivenInput } from '../../client/start/given-input.ts'
import { newInputKey } from '../../client/start/stage-input.ts'
import { MAX_INPUT_BYTES } from '../../domain/container.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequestInput } from '../../domain/removal-request.schema.ts'
import { httpRequestSchema } from '../../domain/removal-request.schema.ts'
import type { Caller } from '../auth/authenticate.ts'
import { projectOf } from '../auth/authenticate.ts'
import type { UploadInFlight } from '../auth/project-limits.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import { fieldErrorsFrom, WrongFields } from '../http/field-errors.ts'
import { GatewayRefusal } from '../http/problem.ts'
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

/** What a form may have besides its file: names and texts of a request, never media. */
const FORM_LIMITS = {
  // The parser says nothing of a file that goes on beyond its limit before the form ends, if it ever does: one byte
  // more tells.
  fileSize: MAX_INPUT_BYTES + 1,
  files: 1,
  fields: 40,
  fieldSize: 64 * 1024,
  parts: 50,
} as const
/** The head of a form and its fields, beside the video. */
const FORM_BYTES_BESIDE_FILE = 1_000_000

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
  deps: GatewayDependencies,
): Promise<HttpRequest> {
  const { storage } = deps
  // What says itself that it is too large is refused before it is taken in.
  if (Number(request.headers['content-length'] ?? 0) > MAX_INPUT_BYTES + FORM_BYTES_BESIDE_FILE)
    throw tooLarge()
  const inFlight = deps.limits.beginUpload(projectOf(caller))
  /** Why the file could not be read, which the storage would take for a failure of its own. */
  let refusal: unknown
  const fields = new Map<string, string>()
  let input: GivenInput | undefined
  const discardInput = async (): Promise<void> => {
    if (input !== undefined) await storage.remove(input.key)
  }
  try {
    for await (const part of request.parts({ limits: FORM_LIMITS })) {
      if (part.type === 'field') {
        if (fields.has(part.fieldname) || part.valueTruncated || part.fieldnameTruncated)
          throw new GatewayRefusal(
            'bad-request',
            'Expected each field of the form once, and at most 64 kB of it.',
          )
        fields.set(part.fieldname, String(part.value))
        continue
      }
      if (part.fieldname !== 'file' || input !== undefined) {
        throw new GatewayRefusal('bad-request', 'Expected exactly one part with a file, named "file".')
      }
      const fileName = shownName(part.filename)
      const key = newInputKey(stagedAs, fileName)
      const written = await storage.write(
        key,
        counted(part.file, inFlight, (error) => {
          refusal = error
        }),
      )
      input = { key, fileName, ...written, stagedFor: stagedAs }
    }
    if (input === undefined) throw new GatewayRefusal('bad-request', 'The form lacks its part "file".')
    const { source: _source, ...asked } = parsed(
      { ...fieldsFromForm(fields), source: { upload: 'file' } },
      caller,
    )
    return { request: { ...asked, source: { stored: input.key } }, input, discard: discardInput }
  } catch (error) {
    await discardInput()
    throw refusalOfForm(refusal ?? error)
  } finally {
    inFlight.end()
  }
}

async function* counted(
  file: Readable,
  inFlight: UploadInFlight,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  try {
    for await (const chunk of file) {
      const { byteLength } = chunk as Uint8Array
      sizeBytes += byteLength
      if (sizeBytes > MAX_INPUT_BYTES) throw tooLarge()
      inFlight.took(byteLength)
      yield chunk as Uint8Array
    }
  } catch (error) {
    onError(error)
    throw error
  }
}

/** The parser of forms throws plain errors: the form is what is wrong. Our own refusals and failures pass. */
function refusalOfForm(error: unknown): unknown {
  const isOurs =
    error instanceof GatewayRefusal ||
    error instanceof WrongFields ||
    isRemovalFailure(error) ||
    hasStatus(error)
  if (isOurs || !(error instanceof Error)) return error
  return new GatewayRefusal('bad-request', `The form cannot be read: ${error.message.slice(0, 200)}.`)
}

function hasStatus(error: unknown): boolean {
  return typeof (error as { statusCode?: unknown } | null)?.statusCode === 'number'
}

function tooLarge(): GatewayRefusal {
  return new GatewayRefusal('content-too-large', `A video may have ${MAX_INPUT_BYTES} bytes at most.`)
}

/** The last part of what a client calls its file, fit to be shown and kept; paths and control characters are no name. */
function shownName(fileName: string | undefined): string {
  const last = (fileName ?? '').toWellFormed().split(/[\\/]/).at(-1) ?? ''
  return (
    last
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 255) || 'input'
  )
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
