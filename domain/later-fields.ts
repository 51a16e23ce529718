import type { RemovalRequest } from './removal-request.schema.ts'

/** The fields that a request had in version 0.1. This list never changes: every recorded fingerprint counts on it. */
type FirstField =
  | 'source'
  | 'id'
  | 'model'
  | 'outputFormat'
  | 'background'
  | 'textPrompt'
  | 'composition'
  | 'previewSeconds'
  | 'maxCredits'
  | 'fallback'
  | 'deadline'
  | 'project'
  | 'user'
  | 'reference'

type LaterDefaults = Pick<RemovalRequest, Exclude<keyof RemovalRequest, FirstField>>

/**
 * The fields that came after version 0.1, each with its default; the compiler asks for every one. A later field
 * belongs to a request only where it differs from its default: so the fingerprints that were recorded before it
 * existed stay the same, and a worker that does not know the field yet still takes the request.
 */
const LATER_DEFAULTS: LaterDefaults = { strict: false }

/** A parsed request as it is fingerprinted and sent to workers: later fields that have their default are left out. */
export function withoutLaterDefaults<Request extends object>(
  request: Request,
  laterDefaults: object = LATER_DEFAULTS,
): Request {
  const defaults = new Map<string, unknown>(Object.entries(laterDefaults))
  const fields = Object.entries(request).filter(
    ([name, value]) => !defaults.has(name) || JSON.stringify(value) !== JSON.stringify(defaults.get(name)),
  )
  return Object.fromEntries(fields) as Request
}
