import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { millisecondsFrom } from './domain/duration.ts'
import type { VariableName } from './domain/environment.ts'
import type { Proxies } from './domain/proxies.ts'
import { isProxyUrl, proxiesFrom } from './domain/proxies.ts'
import { RemovalFailure } from './domain/removal-failure.ts'

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

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment. Throws `InvalidRequest` that names the variable and what was expected; the value is
 * shown only where it cannot be a secret.
 */
export function configFrom(environment: Environment, { isTerminal = false } = {}): Config {
  const read = readerOf(environment)
  const home = resolve(
    read.text('MATTEFLOW_HOME') ?? join(environment['HOME']?.trim() || homeFolder(), '.matteflow'),
  )
  return {
    vendor: {
      apiKey: read.text('REMOVEBGVIDEO_API_KEY') ?? null,
      baseUrl: read.url('REMOVEBGVIDEO_BASE_URL', ['http:', 'https:']) ?? 'https://api.removebgvideo.com',
      keyAlias:
        read.matching('REMOVEBGVIDEO_KEY_ALIAS', /^[A-Za-z0-9._-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 . _ -') ??
        'default',
      retiredKeys: read
        .pairs('REMOVEBGVIDEO_RETIRED_KEYS', 'alias:key')
        .map(([alias, key]) => ({ alias, key })),
      webhookSecret: read.text('REMOVEBGVIDEO_WEBHOOK_SECRET') ?? null,
      outputHosts: read.hosts('MATTEFLOW_OUTPUT_HOSTS') ?? ['cdn.removebgvideo.com'],
      callTimeoutMs: read.duration('MATTEFLOW_CALL_TIMEOUT', LONGEST_CALL_MS) ?? LONGEST_CALL_MS,
    },
    deployment: read.deployment(),
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:'], { secret: true }) ?? null,
    storageUrl: read.url('STORAGE_URL', ['file:', 's3:']) ?? pathToFileURL(join(home, 'storage')).href,
    home,
    proxies: read.proxies(),
    privateHosts: read.privateHosts('MATTEFLOW_PRIVATE_HOSTS') ?? [],
    gateway: {
      port: read.port('GATEWAY_PORT') ?? null,
      publicUrl: read.url('GATEWAY_PUBLIC_URL', ['http:', 'https:']) ?? null,
      tokens: read.pairs('GATEWAY_TOKENS', 'project:token').map(([project, token]) => ({ project, token })),
    },
    outageBudgetMs: read.duration('MATTEFLOW_OUTAGE_BUDGET') ?? 600_000,
    keepMs: read.duration('MATTEFLOW_KEEP') ?? null,
    settleMarginMs: read.duration('MATTEFLOW_SETTLE_MARGIN') ?? 30_000,
    rates: {
      submitPerSecond: read.rate('MATTEFLOW_SUBMIT_RATE') ?? 20,
      statusPerSecond: read.rate('MATTEFLOW_STATUS_RATE') ?? 50,
    },
    metrics: metricsFrom(read.ip('METRICS_HOST'), read.port('METRICS_PORT')),
    notifyUrl: read.url('MATTEFLOW_NOTIFY_URL', ['http:', 'https:'], { secret: true }) ?? null,
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

/** What was set may be a whole URL of something else, with a password or a token in it. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/.*@/s, '//…@').replace(/[?#].*$/s, '')
}

function readerOf(environment: Environment) {
  const text = (name: VariableName): string | undefined => {
    const value = environment[name]?.trim()
    return value === '' ? undefined : value
  }
  const refuse = (name: VariableName, expected: string): never => {
    throw new RemovalFailure('InvalidRequest', `${name}: expected ${expected}`, {
      hint: `Correct the environment variable ${name}.`,
    })
  }
  const matching = (name: VariableName, pattern: RegExp, expected: string): string | undefined => {
    const value = text(name)
    return value === undefined || pattern.test(value) ? value : refuse(name, expected)
  }
  return {
    text,
    matching,
    url(name: VariableName, protocols: string[], { secret = false } = {}): string | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      const shown = secret ? '' : `, not ${withoutCredentials(value).slice(0, 100)}`
      const expected = `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}${shown}`
      if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) return refuse(name, expected)
      return value.replace(/\/+$/, '')
    },
    deployment(): Config['deployment'] {
      // Temporal joins the two with a dot, and refuses what begins with its own names.
      const form = /^(?!__)[A-Za-z0-9_-]{1,128}$/
      const expected = '1 to 128 of A-Z a-z 0-9 _ -, not beginning with __'
      const name = matching('TEMPORAL_DEPLOYMENT_NAME', form, expected)
      const buildId = matching(
        'TEMPORAL_WORKER_BUILD_ID',
        /^[A-Za-z0-9._-]{1,128}$/,
        '1 to 128 of A-Z a-z 0-9 . _ -',
      )
      return name === undefined ? null : { name, buildId: buildId ?? null }
    },
    duration(name: VariableName, mostMs = Number.POSITIVE_INFINITY): number | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      const ms = millisecondsFrom(value)
      if (ms === undefined)
        return refuse(name, `a duration like 90s, 15m, 2h or 1d, not ${value.slice(0, 100)}`)
      return ms <= mostMs ? ms : refuse(name, `at most ${mostMs / 1_000}s, not ${value}`)
    },
    rate(name: VariableName): number | undefined {
      const form = 'calls per second like 20/s, at most 10000/s'
      const value = matching(name, /^\d{1,5}(\.\d+)?\/s$/, form)
      if (value === undefined) return undefined
      const perSecond = Number(value.slice(0, -2))
      return perSecond > 0 && perSecond <= 10_000 ? perSecond : refuse(name, form)
    },
    port(name: VariableName): number | undefined {
      const value = matching(name, /^\d{1,5}$/, 'a port from 0 to 65535')
      if (value === undefined) return undefined
      return Number(value) <= 65_535 ? Number(value) : refuse(name, 'a port from 0 to 65535')
    },
    ip(name: VariableName): string | undefined {
      const value = text(name)
      return value === undefined || isIP(value) > 0 ? value : refuse(name, 'an IP address like 0.0.0.0')
    },
    oneOf<Value extends string>(name: VariableName, values: readonly Value[]): Value | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      return (
        values.find((known) => known === value) ??
        refuse(name, `one of ${values.join(', ')}, not ${value.slice(0, 100)}`)
      )
    },
    hosts(name: VariableName): string[] | undefined {
      const hosts = text(name)
        ?.split(',')
        .map((host) => host.trim().toLowerCase())
      if (hosts?.some((host) => !/^[a-z0-9.-]+(:\d{1,5})?$/.test(host)))
        return refuse(name, 'host or host:port, comma separated')
      return hosts
    },
    privateHosts(name: VariableName): string[] | undefined {
      const entries = text(name)
        ?.split(/[\s,]+/)
        .map((entry) => entry.toLowerCase())
      const isEntry = (entry: string): boolean => {
        const [address = '', bits] = entry.split('/')
        const version = isIP(address)
        if (bits !== undefined)
          return version > 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
        return version > 0 || /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(entry)
      }
      return entries === undefined || entries.every(isEntry)
        ? entries
        : refuse(
            name,
            'hosts, addresses or ranges like intra.example, 10.0.0.7 or 198.18.0.0/15, comma separated',
          )
    },
    proxies(): Proxies {
      const proxies = proxiesFrom(environment)
      for (const [name, proxy] of [
        ['HTTP_PROXY', proxies.http],
        ['HTTPS_PROXY', proxies.https],
      ] as const) {
        if (proxy !== null && !isProxyUrl(proxy))
          return refuse(name, 'http://host:port or https://host:port (the value is not shown)')
      }
      return proxies
    },
    pairs(name: VariableName, form: string): [string, string][] {
      const value = text(name)
      if (value === undefined) return []
      return value.split(',').map((pair) => {
        const [left, ...right] = pair.trim().split(':')
        const rest = right.join(':')
        if (!left || !rest) return refuse(name, `${form} pairs, comma separated (the value is not shown)`)
        return [left, rest]
      })
    },
  }
}
