import ipaddr from 'ipaddr.js'
import type { Proxies } from '../../domain/proxies.ts'
import { proxiesFrom } from '../../domain/proxies.ts'

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
 * private `host`, `host:port`, address or range that `privateHosts` names. Receivers of webhooks are held to the same,
 * without a base URL.
 */
export function createInputHostRules(
  baseUrl: string | null,
  {
    privateHosts = [],
    proxies = proxiesFrom(process.env),
  }: Surroundings & { privateHosts?: readonly string[] } = {},
): HostRules {
  const own = baseUrl === null ? () => false : isHostOf(baseUrl)
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

/**
 * Whether an IP address, as text, is one that anybody on the internet can reach. Everything with a special
 * purpose is not: loopback, private, link-local, cloud metadata, carrier NAT, multicast, benchmarks. An IPv6 address
 * that a NAT64 gateway made of an IPv4 address is judged by that one; other IPv6 ranges that carry one are refused.
 */
export function isPublicAddress(text: string): boolean {
  const address = parsedAddress(text)
  if (address === undefined || address.range() !== 'unicast') return false
  // IANA has allocated global unicast only here; what ipaddr.js does not know by name is no exception.
  return address.kind() === 'ipv4' || address.match(ipaddr.parse('2000::'), 3)
}

/** Whether an IP address lies in one of the ranges, each an address or `address/bits`. */
function isWithin(text: string, ranges: readonly string[]): boolean {
  const written = ipaddr.isValid(text) ? ipaddr.process(text) : undefined
  const meant = parsedAddress(text)
  return ranges.some((range) => {
    if (!isRange(range)) return false
    const [base, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : asRange(range)
    return [written, meant].some((address) => address?.kind() === base.kind() && address.match(base, bits))
  })
}

/** Whether a text is an IP address or `address/bits`. */
function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) || ipaddr.isValid(text)
}

/** The host of a URL when it is an IP address, without brackets; undefined for a name. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname
  return ipaddr.isValid(bare) ? bare : undefined
}

/** Where every network may have its NAT64 gateway. Source: RFC 6052 §2.1. */
const NAT64 = ipaddr.parse('64:ff9b::')
const NAT64_BITS = 96

/** The address that a connection reaches in the end: IPv4-mapped addresses and those of NAT64 are IPv4 ones. */
function parsedAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!ipaddr.isValid(text)) return undefined
  const address = ipaddr.process(text)
  if (address.kind() !== 'ipv6' || !address.match(NAT64, NAT64_BITS)) return address
  return ipaddr.fromByteArray(address.toByteArray().slice(-4))
}

function asRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
