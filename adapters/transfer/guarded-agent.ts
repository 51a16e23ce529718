import type { LookupAddress } from 'node:dns'
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { HostRefused } from './host-refused.ts'
import type { HostRules } from './host-rules.ts'
import { isPublicAddress } from './public-address.ts'

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

/**
 * An agent that connects only to the very addresses it has checked: a name that answers with a public
 * address first and a private one later gets nowhere. Close it after use.
 */
export function createGuardedAgent(
  rules: HostRules,
  { stallTimeoutMs, lookup = defaultLookup }: AgentOptions,
): Agent {
  const trusted = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: asNetLookup(lookup, () => true) })
  const guarded = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: asNetLookup(lookup, isPublicAddress),
  })
  return new Agent({
    headersTimeout: stallTimeoutMs,
    bodyTimeout: stallTimeoutMs,
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
        return callback(new HostRefused(hostname, 'resolves to a private address'), [])
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}
