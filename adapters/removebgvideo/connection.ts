import type { Dispatcher } from 'undici'
import { Agent, Pool, ProxyAgent } from 'undici'
import type { Proxies } from '../../domain/proxies.ts'
import { proxiesFrom, proxyOf, shownProxy } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Redactor } from './call/redact.ts'
import { createRedactor } from './call/redact.ts'
import type { VendorCallRecord, VendorExchange } from './call/vendor-call.ts'

/** What a vendor client is made of. */
export interface VendorClientOptions {
  /** Without or with a path of its own; a trailing slash does not matter. */
  baseUrl: string
  /** Goes into the `X-Api-Key` header and nowhere else. */
  apiKey: string
  /** What the key is called in records. */
  keyAlias: string
  /** Total time of one call; an upload has more, by its size, unless told otherwise. */
  callTimeoutMs: number
  /** Awaited before the call ends, also for calls that fail. */
  onExchange?: (exchange: VendorExchange) => void | Promise<void>
  /** Hears of every call that has ended. */
  onCall?: (call: VendorCallRecord) => void
  /** What `onExchange` or `onCall` threw: it never fails the call. */
  onExchangeError?: (error: unknown) => void
  /** A pool shared with others, which stays theirs to close. By default the client has its own. */
  dispatcher?: Dispatcher
  /** The way to the vendor; as this process's environment says unless given. */
  proxies?: Proxies
}

/** Where calls go and by what means. */
export interface Connection {
  options: VendorClientOptions
  origin: string
  /** Before every path; empty for a base URL without a path. */
  pathPrefix: string
  dispatcher: Dispatcher
  /** The proxy that calls go through, without its credentials; null where they go directly. */
  proxy: string | null
  redact: Redactor
  close: () => Promise<void>
}

/** A connection that cannot be made takes its 10 s, so that it is known to have sent nothing. */
const CONNECT_TIMEOUT_MS = 10_000

/** Opens nothing yet: connections are made by the first calls. */
export function createConnection(options: VendorClientOptions): Connection {
  if (!/^[\x21-\x7e]+$/.test(options.apiKey)) {
    throw new RemovalFailure(
      'InvalidRequest',
      `the vendor key ${options.keyAlias} is empty or has characters that no header can carry`,
    )
  }
  const base = new URL(options.baseUrl)
  const { proxies = proxiesFrom(process.env) } = options
  const proxy = proxyOf(proxies, base)
  const dispatcher = options.dispatcher ?? openWayToVendor({ ...options, proxies })
  const own = options.dispatcher === undefined ? dispatcher : null
  return {
    options,
    origin: base.origin,
    pathPrefix: base.pathname.replace(/\/+$/, ''),
    dispatcher,
    proxy: proxy === null ? null : shownProxy(proxy),
    redact: createRedactor(options.apiKey),
    close: async () => own?.destroy(),
  }
}

/** Connections to the vendor, directly or through the proxy of its URL; for clients of several keys to share. */
export function openWayToVendor({
  baseUrl,
  callTimeoutMs,
  proxies,
}: Pick<VendorClientOptions, 'baseUrl' | 'callTimeoutMs'> & { proxies: Proxies }): Dispatcher {
  const base = new URL(baseUrl)
  // Shorter than the call itself, or a time-out that leaves the call in doubt would hide that nothing was sent.
  const timeout = Math.min(CONNECT_TIMEOUT_MS, callTimeoutMs * 0.8)
  const uri = proxyOf(proxies, base)
  if (uri === null) return new Agent({ connect: { timeout } })
  return new ProxyAgent({
    uri,
    // Proxies forward plain HTTP; a tunnel to its port is what many of them refuse.
    proxyTunnel: base.protocol === 'https:',
    proxyTls: { timeout },
    requestTls: { timeout },
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: timeout }),
  })
}
