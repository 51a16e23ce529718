import type { IncomingHttpHeaders } from 'node:http'
import { GatewayRefusal } from '../http/problem.ts'

const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
]
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/**
 * Refuses what does not come from a person at this machine. Without tokens everyone who reaches the port spends
 * money, and a page of a stranger reaches it through the visitor's browser: by a form, which needs no preflight, or by a
 * name that resolves to this machine.
 */
export function requireOwnMachine(headers: IncomingHttpHeaders, port: number): void {
  const own = LOOPBACK_NAMES.map((name) => `${name}:${port}`)
  if (FORWARDED.some((name) => headers[name] !== undefined)) {
    throw new GatewayRefusal('forbidden', 'Without GATEWAY_TOKENS nothing that was forwarded is answered.')
  }
  if (headers.host === undefined || !own.includes(headers.host.toLowerCase())) {
    throw new GatewayRefusal('forbidden', `Without GATEWAY_TOKENS only ${own.join(', ')} is answered.`)
  }
  requireOwnOrigin(headers, null)
}

/** A request that a cookie or the loopback interface lets through must come from a page of our own. */
export function requireOwnOrigin({ host, origin }: IncomingHttpHeaders, publicUrl: string | null): void {
  if (origin === undefined) return
  const given = URL.canParse(origin) ? new URL(origin) : undefined
  // A proxy in front may ask by another name than the one that people use.
  const isPublic = given !== undefined && publicUrl !== null && given.origin === new URL(publicUrl).origin
  if (isPublic || (given !== undefined && given.host === host?.toLowerCase())) return
  throw new GatewayRefusal('forbidden', 'The request comes from a page of another origin.')
}
