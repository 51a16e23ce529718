import { isPublicAddress, literalAddress } from './public-address.ts'

/** Which hosts a transfer may reach. Asked before every request, redirects included. */
export interface HostRules {
  /** Why a URL may not be fetched, as the end of a sentence about its host; undefined when it may. */
  refusal(url: URL): string | undefined
  /** Whether a host and port may be reached at whatever address it has; all others only at public ones. */
  trusts(hostname: string, port: number): boolean
}

/** Outputs come from the listed `host` (any port) or `host:port`, and from the base URL's own host and port. */
export function createOutputHostRules(baseUrl: string, allowedHosts: readonly string[]): HostRules {
  const own = isHostOf(baseUrl)
  const listed = allowedHosts.map(hostMatcher)
  const trusts = (hostname: string, port: number): boolean =>
    own(hostname, port) || listed.some((matches) => matches(hostname, port))
  return {
    trusts,
    refusal: (url) =>
      schemeRefusal(url) ?? (trusts(url.hostname, portOf(url)) ? undefined : 'is not an allowed output host'),
  }
}

/** Inputs come from any public host, and from the base URL's own host and port even when that is private. */
export function createInputHostRules(baseUrl: string): HostRules {
  const trusts = isHostOf(baseUrl)
  return {
    trusts,
    refusal(url) {
      const refusal = schemeRefusal(url)
      if (refusal !== undefined || trusts(url.hostname, portOf(url))) return refusal
      const address = literalAddress(url.hostname)
      if (address !== undefined) return isPublicAddress(address) ? undefined : 'is a private address'
      // Resolvers need not agree on this name, and a hosts file may not have it.
      return /(^|\.)localhost\.?$/i.test(url.hostname) ? 'is a private address' : undefined
    },
  }
}

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
