import type { RemovalRequest } from './removal-request.schema.ts'

/**
 * The identity of what was asked for: SHA-256 over the request and the input's own SHA-256 (or its URL), as
 * lower-case hex. Two calls with the same fingerprint want the same thing. The id is not part of it. The defaults of
 * version 0.1 are resolved, a later field counts only where it differs from its default: fingerprints are kept for
 * good, and a new field must not change one.
 */
export async function fingerprintOf(
  request: { source: unknown; id: unknown },
  inputIdentity: string,
): Promise<string> {
  const { source: _source, id: _id, ...asked } = withoutLaterDefaults(request)
  const text = new TextEncoder().encode(canonicalJson({ ...asked, input: inputIdentity }))
  const digest = await crypto.subtle.digest('SHA-256', text)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  )
}

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
