import type { LookupAddress } from 'node:dns'
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import { Agent, buildConnector, ProxyAgent } from 'undici'
import { proxyOf } from '../../domain/proxies.ts'
import { HostRefused } from './errors.ts'
import type { HostRules } from './host-rules.ts'
import { LEADS_TO_PRIVATE, literalAddress, portOf } from './host-rules.ts'

/** Resolves a name to all its addresses, as `dns.lookup` does with `all`. */
export type Lookup = (
  hostname: string,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

const defaultLookup: Lookup = (hostname, callback) => systemLookup(hostname, { all: true }, callback)

const CONNECT_TIMEOUT_MS = 10_000

export interface AgentOptions {
  /** How long the host may send nothing at all before it is given up. */
  stallTimeoutMs: number
  lookup?: Lookup
}

/** The guarded ways to hosts. To be destroyed after use. */
export interface GuardedAgent {
  /** The way that a request for `url` takes. Throws `HostRefused` for a name that leads where it must not. */
  wayTo(url: URL): Promise<Dispatcher>
  destroy(): Promise<void>
}

/**
 * Ways that lead only to allowed addresses. A direct one connects to the very addresses it has checked: a name that
 * answers with a public address first and a private one later gets nowhere. Through a proxy it is the proxy that
 * resolves the name, so that a name which our own resolver knows as private is refused, and one that it does not know
 * is left to the proxy's own rules.
 */
export function createGuardedAgent(
  rules: HostRules,
  { stallTimeoutMs, lookup = defaultLookup }: AgentOptions,
): GuardedAgent {
  const timeouts = { headersTimeout: stallTimeoutMs, bodyTimeout: stallTimeoutMs }
  const direct = createDirectAgent(rules, lookup, timeouts)
  const proxied = new Map<string, ProxyAgent>()
  return {
    async wayTo(url) {
      const proxy = proxyOf(rules.proxies, url)
      if (proxy === null) return direct
      if (!rules.trusts(url.hostname, portOf(url)) && literalAddress(url.hostname) === undefined)
        await refusePrivateName(url.hostname, rules, lookup)
      const isTunnel = url.protocol === 'https:'
      const key = `${proxy} ${isTunnel}`
      const known = proxied.get(key)
      if (known !== undefined) return known
      const timeout = { timeout: CONNECT_TIMEOUT_MS }
      const agent = new ProxyAgent({
        uri: proxy,
        // Proxies forward plain HTTP; a tunnel to its port is what many of them refuse.
        proxyTunnel: isTunnel,
        proxyTls: timeout,
        requestTls: timeout,
        ...timeouts,
      })
      proxied.set(key, agent)
      return agent
    },
    async destroy() {
      await Promise.all([direct.destroy(), ...[...proxied.values()].map((agent) => agent.destroy())])
    },
  }
}

function createDirectAgent(rules: HostRules, lookup: Lookup, timeouts: Agent.Options): Agent {
  const trusted = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: asNetLookup(lookup, () => true) })
  const guarded = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: asNetLookup(lookup, rules.mayBeAt),
  })
  return new Agent({
    ...timeouts,
    connect(options, callback) {
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
      const connect = rules.trusts(options.hostname, port) ? trusted : guarded
      connect(options, callback)
    },
  })
}

/** `net.connect` does not look up literal addresses: those are up to `HostRules.refusal`. */
function asNetLookup(lookup: Lookup, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, (error, addresses) => {
      const first = addresses?.[0]
      if (error || first === undefined) return callback(error ?? new Error(`${hostname} has no address`), [])
      // One private address among public ones is refused as a whole: it is no accident.
      if (!addresses.every(({ address }) => isAllowed(address))) {
        return callback(new HostRefused(hostname, LEADS_TO_PRIVATE), [])
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Where the way out is a proxy, our own resolver may not know the names of the world; then it is not asked further. */
function refusePrivateName(hostname: string, rules: HostRules, lookup: Lookup): Promise<void> {
  return new Promise((resolve, reject) => {
    lookup(hostname, (error, addresses) => {
      const isAllowed = error !== null || addresses.every(({ address }) => rules.mayBeAt(address))
      if (isAllowed) resolve()
      else reject(new HostRefused(hostname, LEADS_TO_PRIVATE))
    })
  })
}
