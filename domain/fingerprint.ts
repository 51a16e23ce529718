import { withoutLaterDefaults } from './later-fields.ts'

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
