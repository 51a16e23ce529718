/**
 * The identity of what was asked for: SHA-256 over the request with its defaults resolved and the input's own
 * SHA-256 (or its URL), as lower-case hex. Two calls with the same fingerprint want the same thing
 * (design §3, "Callers repeat themselves too"). The id is not part of it.
 */
export async function fingerprintOf(
  request: { source: unknown; id: unknown },
  inputIdentity: string,
): Promise<string> {
  const { source: _source, id: _id, ...asked } = request
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
