import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseRemovalRequest } from '../../domain/parse-request.schema.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import { readNumber } from '../terminal/read-arguments.ts'

/** The flags of `remove` as typed. */
export interface RemoveFlags {
  model?: string
  format?: string
  background?: string
  prompt?: string
  composition?: string
  preview?: string
  maxCredits?: string
  fallback?: string
  strict?: boolean
  deadline?: string
  project?: string
  user?: string
  reference?: string
  id?: string
  new?: boolean
  out?: string
  detach?: boolean
  wait?: boolean
  json?: boolean
}

/** The request that a command line means; `InvalidRequest` naming the flag that is wrong. */
export async function requestFromFlags(source: string, flags: RemoveFlags): Promise<RemovalRequest> {
  if (source === '')
    throw new RemovalFailure('InvalidRequest', '<file or URL>: expected a video file or its http(s) URL')
  const given = {
    source: /^[a-z][a-z0-9+.-]*:\/\//i.test(source) ? { url: source } : resolve(source),
    id: flags.id,
    model: flags.model,
    outputFormat: flags.format,
    background: flags.background,
    textPrompt: flags.prompt,
    composition: flags.composition === undefined ? undefined : await readComposition(flags.composition),
    previewSeconds: flags.preview === undefined ? undefined : readNumber('--preview', flags.preview),
    maxCredits: flags.maxCredits === undefined ? undefined : readNumber('--max-credits', flags.maxCredits),
    fallback: flags.fallback,
    strict: flags.strict,
    deadline: flags.deadline,
    project: flags.project,
    user: flags.user,
    reference: flags.reference,
  }
  try {
    return parseRemovalRequest(
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    )
  } catch (error) {
    throw isRemovalFailure(error)
      ? new RemovalFailure(error.kind, inFlags(error.message), { cause: error })
      : error
  }
}

/** Where the flag is not called as the field. */
const FLAGS: Record<string, string> = {
  source: '<file or URL>',
  outputFormat: '--format',
  textPrompt: '--prompt',
  previewSeconds: '--preview',
  maxCredits: '--max-credits',
}

/** A sentence about fields as one about flags: `model: …` becomes `--model: …`. */
function inFlags(message: string): string {
  return message.replaceAll(
    /(^|; )([a-zA-Z]+)(\.[\w.]+)?: /g,
    (_all, before: string, field: string, path = '') => {
      const flag = FLAGS[field] ?? `--${field}`
      return field === 'source' ? `${before}${flag}: ` : `${before}${flag}${path}: `
    },
  )
}

async function readComposition(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code})`
    throw refused(`${path} ${reason}; expected a JSON file`, error)
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refused(`${path} is not JSON: ${(error as Error).message}`, error)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw refused(`${path}: expected an object like {"canvas": {"width": 1280, "height": 720}}`)
}

function refused(message: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `--composition: ${message}`, { cause })
}
