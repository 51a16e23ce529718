import type { ClientConnectConfig } from '@temporalio/envconfig'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { RemovalFailure } from '../../domain/removal-failure.ts'

type ConnectOptions = ClientConnectConfig['connectionOptions']

/** Where Temporal is and how to get in; good for clients and for workers. */
export interface TemporalTarget {
  /** `host:port`. */
  address: string
  namespace: string
  connection: {
    apiKey?: string
    tls?: NonNullable<ConnectOptions['tls']>
    metadata?: Record<string, string>
  }
}

const ADDRESS_FORM = /^[^\s/]+:\d{1,5}$/

/** What the `TEMPORAL_…` variables and Temporal's own configuration file say; null where they name no address. */
export function temporalTargetFrom(
  environment: Readonly<Record<string, string | undefined>>,
): TemporalTarget | null {
  const { connectionOptions, namespace } = load(environment)
  const { address, apiKey, tls, metadata } = connectionOptions
  if (!address) return null
  if (typeof apiKey === 'string' && !/^[\x21-\x7e]+$/.test(apiKey))
    throw refused('TEMPORAL_API_KEY: expected printable ASCII without spaces (the value is not shown)')
  if (!ADDRESS_FORM.test(address) || Number(address.split(':').at(-1)) > 65_535)
    throw refused(`TEMPORAL_ADDRESS: expected host:port, not ${address}`)
  return {
    address,
    namespace: namespace || 'default',
    connection: {
      ...(typeof apiKey === 'string' ? { apiKey } : {}),
      ...(tls === undefined || tls === null ? {} : { tls }),
      ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
    },
  }
}

function load(environment: Readonly<Record<string, string | undefined>>): ClientConnectConfig {
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) })
  } catch (error) {
    const names = given.map(([name]) => name).filter((name) => name.startsWith('TEMPORAL_'))
    const variables = names.join(', ') || "Temporal's configuration file"
    throw refused(`${variables}: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

function refused(message: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, {
    hint: 'Correct the TEMPORAL_… variables, or unset TEMPORAL_ADDRESS to use the embedded stack.',
    cause,
  })
}
