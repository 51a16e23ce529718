import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PayloadKey } from '../../domain/payload-keys.ts'
import type { Proxies } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Environment } from './environment-reader.ts'
import { environmentReader, KEY_ALIAS, KEY_ALIAS_FORM } from './environment-reader.ts'

/** A key of the vendor and the name it goes by in the ledger and in logs. */
interface VendorKey {
  alias: string
  key: string
}

/** Everything the environment says, parsed once, whole, at start. Source: docs/reference.md. */
export interface Config {
  vendor: {
    /** Null where there is none: only the demo, `dev` and the commands that never call the vendor go without. */
    apiKey: string | null
    baseUrl: string
    keyAlias: string
    retiredKeys: VendorKey[]
    webhookSecret: string | null
    outputHosts: string[]
    callTimeoutMs: number
  }
  /** The Worker Deployment of workers, and their version in it where it is not to be found out; null: unversioned. */
  deployment: { name: string; buildId: string | null } | null
  databaseUrl: string | null
  storageUrl: string
  home: string
  /** The way out for calls to the vendor, outputs, URL sources and S3. */
  proxies: Proxies
  /** Hosts, addresses and ranges that URL sources may have although they are private. */
  privateHosts: string[]
  gateway: {
    /** Null where none was set. */
    port: number | null
    publicUrl: string | null
    tokens: { project: string; token: string }[]
  }
  /** The first encrypts payloads in Temporal, all of them decrypt; none: payloads are in clear. */
  payloadKeys: readonly PayloadKey[]
  /** The codec server, by which the Temporal UI and its command line show encrypted payloads. */
  codec: {
    host: string
    port: number
    tokens: string[]
    /** Origins of pages that may ask it, `https://temporal.example` for instance. */
    origins: string[]
  }
  outageBudgetMs: number
  /** How long files are kept after the end of their removal; null: for ever. */
  keepMs: number | null
  /** Extra time that a start in doubt may take to show; only tests lower it. */
  settleMarginMs: number
  /** Calls per second over all workers, held by Temporal's server: submissions, and polls with retrievals. */
  rates: { submitPerSecond: number; statusPerSecond: number }
  /** Where Prometheus finds this process's metrics; null: nowhere. */
  metrics: { host: string; port: number } | null
  /** Who hears when removals park; often a secret. */
  notifyUrl: string | null
  log: { level: LogLevel; format: 'json' | 'pretty' }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * Reads the environment. Throws `InvalidRequest` that names the variable and what was expected; the value is
 * shown only where it cannot be a secret.
 */
export function configFrom(environment: Environment, { isTerminal = false } = {}): Config {
  const read = environmentReader(environment)
  const home = resolve(
    read.text('MATTEFLOW_HOME') ?? join(environment['HOME']?.trim() || homeFolder(), '.matteflow'),
  )
  const keyAlias = read.matching('REMOVEBGVIDEO_KEY_ALIAS', KEY_ALIAS, KEY_ALIAS_FORM) ?? 'default'
  return {
    vendor: {
      apiKey: read.headerText('REMOVEBGVIDEO_API_KEY') ?? null,
      baseUrl: read.baseUrl('REMOVEBGVIDEO_BASE_URL') ?? 'https://api.removebgvideo.com',
      keyAlias,
      retiredKeys: read.retiredKeys('REMOVEBGVIDEO_RETIRED_KEYS', keyAlias),
      webhookSecret: read.text('REMOVEBGVIDEO_WEBHOOK_SECRET') ?? null,
      outputHosts: read.hosts('MATTEFLOW_OUTPUT_HOSTS') ?? ['cdn.removebgvideo.com'],
      callTimeoutMs: read.duration('MATTEFLOW_CALL_TIMEOUT', LONGEST_CALL_MS) ?? LONGEST_CALL_MS,
    },
    deployment: read.deployment(),
    databaseUrl: read.databaseUrl('DATABASE_URL') ?? null,
    storageUrl: read.storageUrl('STORAGE_URL') ?? pathToFileURL(join(home, 'storage')).href,
    home,
    proxies: read.proxies(),
    privateHosts: read.privateHosts('MATTEFLOW_PRIVATE_HOSTS') ?? [],
    gateway: {
      port: read.port('GATEWAY_PORT') ?? null,
      publicUrl: read.baseUrl('GATEWAY_PUBLIC_URL') ?? null,
      tokens: read.projectTokens('GATEWAY_TOKENS'),
    },
    payloadKeys: read.payloadKeys(),
    codec: {
      host: read.ip('CODEC_HOST') ?? '127.0.0.1',
      port: read.port('CODEC_PORT') ?? 8_081,
      tokens: read.tokens('CODEC_TOKENS'),
      origins: read.origins('CODEC_ORIGINS'),
    },
    outageBudgetMs: read.duration('MATTEFLOW_OUTAGE_BUDGET') ?? 600_000,
    keepMs: read.duration('MATTEFLOW_KEEP') ?? null,
    settleMarginMs: read.duration('MATTEFLOW_SETTLE_MARGIN') ?? 30_000,
    rates: {
      submitPerSecond: read.rate('MATTEFLOW_SUBMIT_RATE') ?? 20,
      statusPerSecond: read.rate('MATTEFLOW_STATUS_RATE') ?? 50,
    },
    metrics: metricsFrom(read.ip('METRICS_HOST'), read.port('METRICS_PORT')),
    notifyUrl: read.secretUrl('MATTEFLOW_NOTIFY_URL') ?? null,
    log: {
      level: read.oneOf('LOG_LEVEL', LOG_LEVELS) ?? 'info',
      format: read.oneOf('LOG_FORMAT', ['json', 'pretty'] as const) ?? (isTerminal ? 'pretty' : 'json'),
    },
  }
}

/** A container with a user id of its own has neither HOME nor an entry in passwd. */
function homeFolder(): string {
  try {
    return homedir()
  } catch (cause) {
    throw new RemovalFailure(
      'InvalidRequest',
      'MATTEFLOW_HOME: expected a folder, since this user has no home folder (no HOME, no entry in passwd)',
      { hint: 'Set MATTEFLOW_HOME to a folder that this user can write.', cause },
    )
  }
}

function metricsFrom(host = '127.0.0.1', port: number | undefined): Config['metrics'] {
  return port === undefined ? null : { host, port }
}

/** A call's time-out plus its margin must fit the 35 s in which a dead worker is noticed (docs/architecture.md). */
const LONGEST_CALL_MS = 30_000
