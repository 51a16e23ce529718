import { isIPv6 } from 'node:net'
import type { Logger } from 'pino'
import { createPayloadCodec } from '../../adapters/encryption/payload-codec.ts'
import type { Config } from '../../adapters/environment/config.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import { createServer } from '../http/create-server.ts'
import { listen } from '../http/listen.ts'
import { codecRoutes } from './codec-routes.ts'

/** What a codec server is run with, besides its configuration. */
export interface RunCodecServerOptions {
  log: Logger
  /** Ends the server once what it was asked is answered. */
  signal: AbortSignal
  onListening(url: string): void
}

/**
 * Serves Temporal's protocol of a remote codec until it is told to end. It needs the keys and a token, and nothing else: no
 * Temporal, no ledger, no storage. `InvalidRequest` where one of them is missing, or the port is taken.
 */
export async function runCodecServer(
  { payloadKeys, codec }: Pick<Config, 'payloadKeys' | 'codec'>,
  { log, signal, onListening }: RunCodecServerOptions,
): Promise<void> {
  const { host, port, tokens, origins } = codec
  if (payloadKeys.length === 0)
    throw refused(
      'MATTEFLOW_PAYLOAD_KEYS: expected the keys of the workers, and none is set',
      'Set it, or MATTEFLOW_PAYLOAD_KEYS_FILE.',
    )
  if (tokens.length === 0)
    throw refused(
      'CODEC_TOKENS: expected at least one token, and none is set',
      'Set CODEC_TOKENS="$(openssl rand -hex 24)": whoever has it may have payloads decoded.',
    )
  const server = createServer({ log }, undefined, 'codec')
  codecRoutes(server, { codec: createPayloadCodec(payloadKeys), tokens, origins })
  try {
    const taken = await listen(server, { host, port, variable: 'CODEC_PORT' }).catch((error: unknown) => {
      throw withoutAddress(error, host)
    })
    onListening(`http://${isIPv6(host) ? `[${host}]` : host}:${taken}`)
    await untilAborted(signal)
  } finally {
    await server.close()
  }
}

function withoutAddress(error: unknown, host: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') return error
  return refused(
    `CODEC_HOST: this machine has no address ${host}`,
    'Unset it, or name an address of this machine.',
    error,
  )
}

function refused(message: string, hint: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, { hint, cause })
}
