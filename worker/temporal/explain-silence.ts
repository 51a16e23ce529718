import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TemporalTarget } from './temporal-target.ts'

/** Why a server cannot be talked to, and what to do about it. */
export interface Explanation {
  reason: string
  hint: string
}

const TIMEOUT_MS = 3_000

/**
 * Looks why there is no talking to a Temporal server, since the SDK's clients say little more than that there is
 * none: is the name known, does something listen, and do both sides mean the same by TLS?
 */
export async function explainSilence({
  address,
  connection,
}: Pick<TemporalTarget, 'address' | 'connection'>): Promise<Explanation | null> {
  const colon = address.lastIndexOf(':')
  const to = { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) }
  const tcp = await attempt(() => connect(to), 'connect')
  if (tcp !== null) return explained(TCP, tcp, address)
  const { tls, apiKey } = connection
  const settings = typeof tls === 'object' && tls !== null ? tls : {}
  // An API key implies TLS.
  const speaksTls = tls === true || typeof tls === 'object' || (tls === undefined && apiKey !== undefined)
  const servername = settings.serverNameOverride ?? to.host
  const handshake = await attempt(
    () =>
      connectTls({
        ...to,
        ALPNProtocols: ['h2'],
        rejectUnauthorized: speaksTls,
        ...(/^[\d.]+$|:/.test(servername) ? {} : { servername }),
        ...(settings.serverRootCACertificate ? { ca: Buffer.from(settings.serverRootCACertificate) } : {}),
        ...(settings.clientCertPair
          ? { cert: Buffer.from(settings.clientCertPair.crt), key: Buffer.from(settings.clientCertPair.key) }
          : {}),
      }),
    'secureConnect',
  )
  if (speaksTls) return handshake === null ? null : explained(TLS, handshake, address)
  if (handshake !== null) return null
  return {
    reason: 'it speaks TLS, and TEMPORAL_TLS is not set',
    hint: 'Set TEMPORAL_TLS=true, and TEMPORAL_TLS_SERVER_CA_CERT_PATH where its certificate is of an authority of your own.',
  }
}

type Row = [pattern: RegExp, reason: string, hint: string]

const TCP: Row[] = [
  [
    /ENOTFOUND|EAI_AGAIN/,
    'its name is not known',
    'Correct the host in TEMPORAL_ADDRESS, or see to the DNS.',
  ],
  [/ECONNREFUSED/, 'nothing listens there', 'Start the Temporal server, or correct TEMPORAL_ADDRESS.'],
  [/./, 'there is no way to it', 'See to the network and its firewalls, or correct TEMPORAL_ADDRESS.'],
]

const TLS: Row[] = [
  [
    /WRONG_VERSION_NUMBER|packet length|ECONNRESET|disconnected before/i,
    'it does not speak TLS',
    'Unset TEMPORAL_TLS (an API key asks for TLS as well), or correct TEMPORAL_ADDRESS.',
  ],
  [
    /HAS_EXPIRED|certificate.expired/i,
    'a certificate has expired',
    'Renew the certificate of the server, or the one in TEMPORAL_TLS_CLIENT_CERT_PATH.',
  ],
  [
    /ALTNAME/,
    'its certificate is for another name',
    'Correct TEMPORAL_ADDRESS, or set TEMPORAL_TLS_SERVER_NAME to a name in the certificate.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO|UNKNOWN_CA|unknown ca/i,
    'its certificate is of an authority that is not trusted here',
    'Set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the certificate of that authority.',
  ],
  [
    /certificate.required|bad.certificate|handshake.failure/i,
    'it refuses the client certificate, or the lack of one',
    'Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to a pair that it accepts.',
  ],
  [/./, 'TLS could not be agreed upon', 'Check the TEMPORAL_TLS settings.'],
]

function explained(rows: Row[], error: NodeJS.ErrnoException, address: string): Explanation {
  const text = `${error.code ?? ''} ${error.message}`
  const [, reason, hint] = rows.find(([pattern]) => pattern.test(text)) ?? [/./, 'it does not answer', '']
  return {
    reason: `${reason} (${error.code ?? error.message.slice(0, 100)})`,
    hint: hint || `See ${address}.`,
  }
}

/** Null when the event came, else what went wrong. */
function attempt(
  open: () => ReturnType<typeof connect>,
  event: 'connect' | 'secureConnect',
): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const socket = open()
    const end = (error: NodeJS.ErrnoException | null): void => {
      resolve(error)
      socket.destroy()
    }
    socket.once(event, () => end(null))
    socket.once('error', end)
    socket.setTimeout(TIMEOUT_MS, () => end(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
  })
}
