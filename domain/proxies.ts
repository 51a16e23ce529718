/** The way out of a network, as `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name it. */
export interface Proxies {
  /** The proxy for `http:` URLs; null where they go out directly. */
  http: string | null
  /** The proxy for `https:` URLs. As with other programs it does not stand in for `http`, nor the other way round. */
  https: string | null
  /** Who is reached directly: a name with all beneath it, an address, an IPv4 range, any with a port, or `*`. */
  except: readonly string[]
}

/** Reads the variables as other programs do: the lower-case name wins, and a proxy without a scheme is `http:`. */
export function proxiesFrom(environment: Readonly<Record<string, string | undefined>>): Proxies {
  const read = (name: string): string | undefined =>
    (environment[name.toLowerCase()] ?? environment[name])?.trim() || undefined
  return {
    http: withScheme(read('HTTP_PROXY')),
    https: withScheme(read('HTTPS_PROXY')),
    except: (read('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== ''),
  }
}

/** Whether a proxy's URL is one that can be used: `http:` or `https:` with a host, its credentials written as URLs have them. */
export function isProxyUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false
  try {
    decodeURIComponent(`${url.username}:${url.password}`)
    return true
  } catch {
    return false
  }
}

/** The proxy that a request to `url` takes; null where it goes directly, as it always does to this machine. */
export function proxyOf(proxies: Proxies, url: URL): string | null {
  const proxy = url.protocol === 'https:' ? proxies.https : proxies.http
  if (proxy === null) return null
  const host = bareHost(url.hostname)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  if (isLoopback(host) || proxies.except.some((entry) => matches(entry, host, port))) return null
  return proxy
}

/** A proxy as it may be shown: without a user name and a password. */
export function shownProxy(proxy: string): string {
  const url = URL.parse(proxy)
  return url === null ? 'the proxy' : `${url.protocol}//${url.host}`
}

/** Whether a host's name or address is this machine itself. */
export function isLoopback(hostname: string): boolean {
  const host = bareHost(hostname)
  return /^127(\.\d{1,3}){3}$/.test(host) || host === '::1' || /(^|\.)localhost$/.test(host)
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const [, name = entry, entryPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []
  if (entryPort !== undefined && entryPort !== port) return false
  const [base = '', bits] = bareHost(name).split('/')
  if (bits !== undefined) return isWithin(host, base, Number(bits))
  const suffix = base.replace(/^\*?\./, '')
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`))
}

function isWithin(host: string, base: string, bits: number): boolean {
  const [address, network] = [ipv4From(host), ipv4From(base)]
  if (address === undefined || network === undefined || !(bits >= 0 && bits <= 32)) return false
  const size = 2 ** (32 - bits)
  return Math.floor(address / size) === Math.floor(network / size)
}

function ipv4From(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined
  const parts = text.split('.').map(Number)
  return parts.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

function withScheme(proxy: string | undefined): string | null {
  if (proxy === undefined) return null
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`
}
