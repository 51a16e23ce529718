import type { Proxies } from '../../domain/proxies.ts'
import { proxiesFrom } from '../../domain/proxies.ts'
import { isPublicAddress, isRange, isWithin, literalAddress } from './public-address.ts'

/** Which hosts a transfer may reach, and by which way. Asked before every request, redirects included. */
export interface HostRules {
  /** Why a URL may not be fetched, as the end of a sentence about its host; undefined when it may. */
  refusal(url: URL): string | undefined
  /** Whether a host and port may be reached at whatever address it has. */
  trusts(hostname: string, port: number): boolean
  /** Whether a host that is not trusted may be reached at this address. */
  mayBeAt(address: string): boolean
  proxies: Proxies
}

/** What rules are made of besides the hosts; the environment of this process says it unless given. */
interface Surroundings {
  proxies?: Proxies
}

/** Outputs come from the listed `host` (any port) or `host:port`, and from the base URL's own host and port. */
export function createOutputHostRules(
  baseUrl: string,
  allowedHosts: readonly string[],
  { proxies = proxiesFrom(process.env) }: Surroundings = {},
): HostRules {
  const own = isHostOf(baseUrl)
  const listed = allowedHosts.map(hostMatcher)
  const trusts = (hostname: string, port: number): boolean =>
    own(hostname, port) || listed.some((matches) => matches(hostname, port))
  return {
    trusts,
    mayBeAt: isPublicAddress,
    proxies,
    refusal: (url) =>
      schemeRefusal(url) ?? (trusts(url.hostname, portOf(url)) ? undefined : 'is not an allowed output host'),
  }
}

/** What a refusal of a private address says of the way out. */
const UNLESS_ALLOWED = 'that MATTEFLOW_PRIVATE_HOSTS does not name'

/**
 * Inputs come from any public host, from the base URL's own host and port even when that is private, and from the
 * private `host`, `host:port`, address or range that `privateHosts` names.
 */
export function createInputHostRules(
  baseUrl: string,
  {
    privateHosts = [],
    proxies = proxiesFrom(process.env),
  }: Surroundings & { privateHosts?: readonly string[] } = {},
): HostRules {
  const own = isHostOf(baseUrl)
  const ranges = privateHosts.filter(isRange)
  const named = privateHosts.filter((entry) => !isRange(entry)).map(hostMatcher)
  const trusts = (hostname: string, port: number): boolean =>
    own(hostname, port) || named.some((matches) => matches(hostname, port))
  const mayBeAt = (address: string): boolean => isPublicAddress(address) || isWithin(address, ranges)
  return {
    trusts,
    mayBeAt,
    proxies,
    refusal(url) {
      const refusal = schemeRefusal(url)
      if (refusal !== undefined || trusts(url.hostname, portOf(url))) return refusal
      const address = literalAddress(url.hostname)
      // Resolvers need not agree on `localhost`, and a hosts file may not have it.
      const isPrivate = address === undefined ? /(^|\.)localhost\.?$/i.test(url.hostname) : !mayBeAt(address)
      return isPrivate ? `is a private address ${UNLESS_ALLOWED}` : undefined
    },
  }
}

/** The refusal of a name by where it leads. */
export const LEADS_TO_PRIVATE = `resolves to a private address ${UNLESS_ALLOWED}`

/** The port a URL's request goes to. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}

function schemeRefusal(url: URL): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'has a scheme other than http and https'
  return url.username || url.password ? 'carries a user name or password' : undefined
}

type HostMatcher = (hostname: string, port: number) => boolean

function isHostOf(baseUrl: string): HostMatcher {
  const base = new URL(baseUrl)
  return (hostname, port) => bare(hostname) === bare(base.hostname) && port === portOf(base)
}

function hostMatcher(entry: string): HostMatcher {
  const url = new URL(`http://${entry}`)
  // `URL` drops the default port of its scheme, so whether one was written is read from the text.
  const port = /:(\d+)$/.exec(entry.replace(/^\[.*\]/, ''))?.[1]
  return (hostname, actual) =>
    bare(hostname) === bare(url.hostname) && (port === undefined || Number(port) === actual)
}

function bare(hostname: string): string {
  return (literalAddress(hostname) ?? hostname).toLowerCase().replace(/\.$/, '')
}
