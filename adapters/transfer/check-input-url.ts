import { lookup as systemLookup } from 'node:dns/promises'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { HostRules } from './host-rules.ts'
import { portOf } from './host-rules.ts'
import { isPublicAddress, literalAddress } from './public-address.ts'
import { urlWithoutQuery } from './url-without-query.ts'

/** Resolves a name to its addresses. */
export type ResolveName = (hostname: string) => Promise<{ address: string }[]>

const resolveName: ResolveName = (hostname) => systemLookup(hostname, { all: true })

/**
 * Refuses a source URL that may not be fetched, with `InvalidInput` and one sentence saying why: not http(s),
 * a private address, a name that resolves to one, or a name that does not exist. Nothing is fetched.
 */
export async function checkInputUrl(
  url: string,
  rules: HostRules,
  resolve: ResolveName = resolveName,
): Promise<void> {
  const parsed = parsedInputUrl(url, rules)
  if (rules.trusts(parsed.hostname, portOf(parsed)) || literalAddress(parsed.hostname) !== undefined) return
  const addresses = await resolve(parsed.hostname).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTFOUND') throw refusedInput(parsed, 'has a host name that does not exist', error)
    // A resolver that is down says nothing about the URL; fetching it will.
    return []
  })
  if (!addresses.every(({ address }) => isPublicAddress(address))) {
    throw refusedInput(parsed, 'resolves to a private address')
  }
}

/** The parsed URL, when its form and its literal host are allowed; else `InvalidInput`. */
export function parsedInputUrl(url: string, rules: HostRules): URL {
  if (!URL.canParse(url))
    throw new RemovalFailure('InvalidInput', 'the source is not a URL: expected http:// or https://')
  const parsed = new URL(url)
  const refusal = rules.refusal(parsed)
  if (refusal !== undefined) throw refusedInput(parsed, refusal)
  return parsed
}

function refusedInput(url: URL, refusal: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure(
    'InvalidInput',
    `the source ${urlWithoutQuery(url)} ${refusal}: expected a public http or https URL`,
    { cause },
  )
}
