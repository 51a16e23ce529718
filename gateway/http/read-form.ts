import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { MAX_INPUT_BYTES } from '../../domain/container.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { ProjectLimits, UploadInFlight } from '../auth/project-limits.ts'
import { WrongFields } from './field-errors.ts'
import { GatewayRefusal } from './problem.ts'

/** A form that was read to its end: its fields as they were typed, and what became of its file. */
interface ReadForm<Kept> {
  fields: ReadonlyMap<string, string>
  file: Kept
}

/** Whose form it is, which counts as an upload of that project. */
interface FormReader {
  project: string
  limits: ProjectLimits
}

/** What a form may have besides its file: names and texts of a request, never media. */
const FORM_LIMITS = {
  // The parser says nothing of a file that goes on beyond its limit before the form ends, if it ever does: one byte
  // more tells.
  fileSize: MAX_INPUT_BYTES + 1,
  // The second file is ours to refuse: the parser would call it too large.
  files: 2,
  fields: 40,
  fieldSize: 64 * 1024,
  parts: 50,
} as const
/** The head of a form and its fields, beside the video. */
const FORM_BYTES_BESIDE_FILE = 1_000_000

/** Of the parser: a form of too many parts, whatever their size. */
const TOO_MANY_PARTS = ['FST_PARTS_LIMIT', 'FST_FIELDS_LIMIT', 'FST_FILES_LIMIT']

/**
 * Reads a form with exactly one file, named "file", which `keep` takes while it arrives. Throws a refusal for a form that
 * is another one, too large, or broken off; what `keep` has put anywhere by then is the caller's to remove.
 */
export async function readForm<Kept>(
  request: FastifyRequest,
  { project, limits }: FormReader,
  keep: (fileName: string, bytes: AsyncIterable<Uint8Array>) => Promise<Kept>,
): Promise<ReadForm<Kept>> {
  // What says itself that it is too large is refused before it is taken in.
  if (Number(request.headers['content-length'] ?? 0) > MAX_INPUT_BYTES + FORM_BYTES_BESIDE_FILE)
    throw tooLarge()
  const inFlight = limits.beginUpload(project)
  /** Why the file could not be read, which whoever keeps it would take for a failure of its own. */
  let refusal: unknown
  const fields = new Map<string, string>()
  let kept: { file: Kept } | undefined
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
      if (part.fieldname !== 'file' || kept !== undefined) {
        throw new GatewayRefusal('bad-request', 'Expected exactly one part with a file, named "file".')
      }
      const bytes = counted(part.file, inFlight, (error) => {
        refusal = error
      })
      kept = { file: await keep(shownName(part.filename), bytes) }
    }
    if (kept === undefined) throw new GatewayRefusal('bad-request', 'The form lacks its part "file".')
    return { fields, file: kept.file }
  } catch (error) {
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
  const { code } = (error ?? {}) as { code?: unknown }
  if (typeof code === 'string' && TOO_MANY_PARTS.includes(code))
    return new GatewayRefusal(
      'bad-request',
      `Expected one file and at most ${FORM_LIMITS.fields} fields in the form.`,
    )
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
