import type { Dispatcher } from 'undici'
import { Agent } from 'undici'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Redactor } from './redact.ts'
import { createRedactor } from './redact.ts'
import type { VendorCallRecord, VendorExchange } from './vendor-exchange.ts'

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
  onCall?: (call: VendorCallRecord) => void
  /** What `onExchange` or `onCall` threw: it never fails the call. */
  onExchangeError?: (error: unknown) => void
  /** A pool shared with others, which stays theirs to close. By default the client has its own. */
  dispatcher?: Dispatcher
}

/** Where calls go and by what means. */
export interface Connection {
  options: VendorClientOptions
  origin: string
  /** Before every path; empty for a base URL without a path. */
  pathPrefix: string
  dispatcher: Dispatcher
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
  // Shorter than the call itself, or an unclear time-out would hide that nothing was sent.
  const timeout = Math.min(CONNECT_TIMEOUT_MS, options.callTimeoutMs * 0.8)
  const own = options.dispatcher === undefined ? new Agent({ connect: { timeout } }) : null
  return {
    options,
    origin: base.origin,
    pathPrefix: base.pathname.replace(/\/+$/, ''),
    dispatcher: options.dispatcher ?? (own as Agent),
    redact: createRedactor(options.apiKey),
    close: async () => own?.destroy(),
  }
}
