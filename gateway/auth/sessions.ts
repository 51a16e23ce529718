import { isSigned, signatureOf } from './signed-text.ts'
import type { Tokens } from './tokens.ts'

/** What a page gets for a token that was typed once: a browser cannot send a bearer token with links and events. */
const COOKIE = 'matteflow_session'
const LASTS_MS = 12 * 3_600_000
const PURPOSE = 'session'

/** The cookie of a new session of a project. It needs no store, so every replica knows it. */
export function sessionCookie(
  project: string,
  tokens: Tokens,
  { nowMs, isSecure }: { nowMs: number; isSecure: boolean },
): string {
  const [key] = tokens.keysOf(project, PURPOSE)
  if (key === undefined) throw new TypeError(`project ${project} has no token`)
  const text = `${Buffer.from(project).toString('base64url')}.${nowMs + LASTS_MS}`
  const value = `${text}.${signatureOf(text, key)}`
  return `${COOKIE}=${value}; ${attributes(isSecure)}; Max-Age=${LASTS_MS / 1_000}`
}

/** The cookie that ends a session in the browser. */
export function endedSessionCookie(isSecure: boolean): string {
  return `${COOKIE}=; ${attributes(isSecure)}; Max-Age=0`
}

/** The project of the session that a `Cookie` header carries; undefined for none, a forged or an old one. */
export function projectOfSession(
  cookies: string | undefined,
  tokens: Tokens,
  nowMs: number,
): string | undefined {
  const value = cookies
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1]
  const [encoded = '', until = '', signature = ''] = value?.split('.') ?? []
  const project = Buffer.from(encoded, 'base64url').toString()
  if (project === '' || !(Number(until) > nowMs)) return undefined
  return isSigned(`${encoded}.${until}`, signature, tokens.keysOf(project, PURPOSE)) ? project : undefined
}

function attributes(isSecure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}
