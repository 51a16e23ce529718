import { lookup as systemLookup } from 'node:dns/promises'
import { proxyOf } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { isUnknownName } from './errors.ts'
import type { HostRules } from './host-rules.ts'
import { LEADS_TO_PRIVATE, literalAddress, portOf } from './host-rules.ts'

/** Resolves a name to its addresses. */
export type ResolveName = (hostname: string) => Promise<{ address: string }[]>

const resolveName: ResolveName = (hostname) => systemLookup(hostname, { all: true })

/**
 * Refuses a source URL that may not be fetched, with `InvalidInput` and one sentence saying why: not http(s),
 * a private address, a name that resolves to one, or a name that does not exist. Nothing is fetched. `subject` is what
 * the sentence calls it.
 */
export async function checkInputUrl(
  url: string,
  rules: HostRules,
  resolve: ResolveName = resolveName,
  subject = 'the source',
): Promise<void> {
  const parsed = parsedInputUrl(url, rules, subject)
  if (rules.trusts(parsed.hostname, portOf(parsed)) || literalAddress(parsed.hostname) !== undefined) return
  const isProxied = proxyOf(rules.proxies, parsed) !== null
  const addresses = await resolve(parsed.hostname).catch((error: unknown) => {
    // A resolver that is down says nothing about the URL, nor does ours where it is the proxy that resolves names.
    if (isUnknownName(error) && !isProxied)
      throw refusedInput(subject, parsed, 'has a host name that does not exist', error)
    return []
  })
  if (!addresses.every(({ address }) => rules.mayBeAt(address)))
    throw refusedInput(subject, parsed, LEADS_TO_PRIVATE)
}

/** The parsed URL, when its form and its literal host are allowed; else `InvalidInput`. */
export function parsedInputUrl(url: string, rules: HostRules, subject = 'the source'): URL {
  if (!URL.canParse(url))
    throw new RemovalFailure('InvalidInput', `${subject} is not a URL: expected http:// or https://`)
  const parsed = new URL(url)
  const refusal = rules.refusal(parsed)
  if (refusal !== undefined) throw refusedInput(subject, parsed, refusal)
  return parsed
}

/** A URL as it may be shown: what signs it, its query, and its fragment are gone. */
export function urlWithoutQuery(url: URL): string {
  return `${url.origin}${url.pathname}`
}

function refusedInput(subject: string, url: URL, refusal: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure(
    'InvalidInput',
    `${subject} ${urlWithoutQuery(url)} ${refusal}: expected a public http or https URL`,
    { cause },
  )
}
