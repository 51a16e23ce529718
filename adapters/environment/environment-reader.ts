import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { millisecondsFrom } from '../../domain/duration.ts'
import type { VariableName } from '../../domain/environment.ts'
import type { PayloadKey } from '../../domain/payload-keys.ts'
import { PAYLOAD_KEYS_FORM, payloadKeysFrom } from '../../domain/payload-keys.ts'
import type { Proxies } from '../../domain/proxies.ts'
import { isProxyUrl, proxiesFrom } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { projectSchema } from '../../domain/removal-request.schema.ts'
import { STORAGE_FORMS, storagePlaceFrom } from '../../domain/storage-place.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What was set may be a whole URL of something else, with a password or a token in it. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/.*@/s, '//…@').replace(/[?#].*$/s, '')
}

/**
 * Reads variables by their name, each kind of value in one way. A wrong value is refused as `InvalidRequest` with the
 * variable's name and what was expected; a blank one counts as not set.
 */
export function environmentReader(environment: Environment) {
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
  const listIn = (name: VariableName): string[] =>
    (text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  const textOfFile = (name: VariableName, path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const reason = code === 'ENOENT' ? 'there is none' : `it cannot be read: ${code}`
      return refuse(name, `a readable file, and ${path.slice(0, 200)} is not (${reason})`)
    }
  }
  const pairsIn = (name: VariableName, form: string): [string, string][] => {
    const value = text(name)
    if (value === undefined) return []
    return value.split(',').map((pair) => {
      const [left, ...right] = pair.trim().split(':')
      const rest = right.join(':')
      if (!left || !rest) return refuse(name, `${form} pairs, comma separated (the value is not shown)`)
      return [left, rest]
    })
  }
  return {
    text,
    matching,
    /** What is put before paths, so that there is nothing behind its own; shown where it is wrong, and no place for secrets. */
    baseUrl(name: VariableName): string | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      const url = URL.parse(value)
      if (!isHttp(url)) return refuse(name, `${HTTP_FORM}${notThis(value)}`)
      const { username, password, search, hash } = url
      if (username || password || search || hash)
        return refuse(name, 'a URL without user name, password, query and fragment')
      return value.replace(/[/?#]+$/, '')
    },
    /** A whole URL, often a secret: it is not shown. */
    secretUrl(name: VariableName): string | undefined {
      const value = text(name)
      return value === undefined || isHttp(URL.parse(value)) ? value : refuse(name, HTTP_FORM)
    },
    databaseUrl(name: VariableName): string | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      if (!/^postgres(ql)?:\/\//.test(value))
        return refuse(name, 'a URL that begins with postgres:// or postgresql://')
      const url = URL.parse(value)
      const { port = '', ...query } = Object.fromEntries(url?.searchParams ?? [])
      // A / or # in a password ends the host's part early, and the @ behind it stands in the path.
      const isTorn = url === null || url.pathname.includes('@') || url.hash !== ''
      const isNamed = (url?.hostname || query['host'] || url?.pathname.slice(1)) !== ''
      if (isTorn || !isNamed || !/^\d*$/.test(port))
        return refuse(
          name,
          'postgres://<user>:<password>@<host>/<database>; a / # @ of a password as %2F %23 %40',
        )
      for (const file of ['sslcert', 'sslkey', 'sslrootcert']) if (query[file]) textOfFile(name, query[file])
      return value.replace(/\/+$/, '')
    },
    storageUrl(name: VariableName): string | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      if (storagePlaceFrom(value) === null) return refuse(name, `${STORAGE_FORMS}${notThis(value)}`)
      return value.replace(/\/+$/, '')
    },
    /** A key or a token, as it travels in a header. */
    headerText(name: VariableName): string | undefined {
      return matching(name, HEADER_TEXT, `${HEADER_FORM} (the value is not shown)`)
    },
    deployment(): { name: string; buildId: string | null } | null {
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
    duration(name: VariableName, mostMs = LONGEST_MS): number | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      const ms = millisecondsFrom(value)
      if (ms === undefined)
        return refuse(name, `a duration like 90s, 15m, 2h or 1d, not ${value.slice(0, 100)}`)
      return ms <= mostMs ? ms : refuse(name, `at most ${durationText(mostMs)}, not ${value.slice(0, 100)}`)
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
      if (hosts?.some((host) => !/^[a-z0-9.-]+(:\d{1,5})?$/.test(host) || !isHost(host)))
        return refuse(name, 'host or host:port, comma separated')
      return hosts
    },
    privateHosts(name: VariableName): string[] | undefined {
      const entries = text(name)
        ?.split(/[\s,]+/)
        .map((entry) => entry.toLowerCase())
      const isEntry = (entry: string): boolean => {
        const [address = '', bits, ...more] = entry.split('/')
        const version = isIP(address)
        if (bits !== undefined)
          return (
            version > 0 &&
            more.length === 0 &&
            /^\d{1,3}$/.test(bits) &&
            Number(bits) <= (version === 4 ? 32 : 128)
          )
        return version > 0 || (/^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(entry) && isHost(entry))
      }
      return entries === undefined || entries.every(isEntry)
        ? entries
        : refuse(
            name,
            'hosts, addresses or ranges like intra.example, 10.0.0.7 or 198.18.0.0/15, comma separated',
          )
    },
    payloadKeys(): readonly PayloadKey[] {
      const path = text('MATTEFLOW_PAYLOAD_KEYS_FILE')
      if (path !== undefined && text('MATTEFLOW_PAYLOAD_KEYS') !== undefined)
        return refuse(
          'MATTEFLOW_PAYLOAD_KEYS_FILE',
          'no file of keys where MATTEFLOW_PAYLOAD_KEYS is set too',
        )
      const name = path === undefined ? 'MATTEFLOW_PAYLOAD_KEYS' : 'MATTEFLOW_PAYLOAD_KEYS_FILE'
      const value = path === undefined ? text(name) : textOfFile(name, path)
      if (value === undefined) return []
      const keys = payloadKeysFrom(value)
      // A file that is empty would let everything be written in clear.
      return keys === null || keys.length === 0 ? refuse(name, PAYLOAD_KEYS_FORM) : keys
    },
    tokens(name: VariableName): string[] {
      const tokens = listIn(name)
      return tokens.every((token) => /^[A-Za-z0-9._~+/=-]{16,}$/.test(token))
        ? tokens
        : refuse(name, 'tokens of at least 16 of A-Z a-z 0-9 . _ ~ + / = -, comma separated (not shown)')
    },
    origins(name: VariableName): string[] {
      const origins = listIn(name)
      const isOrigin = (origin: string): boolean =>
        URL.canParse(origin) && /^https?:/.test(origin) && new URL(origin).origin === origin
      return origins.every(isOrigin)
        ? origins
        : refuse(name, 'origins like https://temporal.example or http://127.0.0.1:8233, comma separated')
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
    /** Keys that were rotated, by their aliases: none of them that of the current one. */
    retiredKeys(name: VariableName, currentAlias: string): { alias: string; key: string }[] {
      const keys = pairsIn(name, 'alias:key').map(([alias, key]) => ({ alias, key }))
      if (keys.some(({ alias }) => !KEY_ALIAS.test(alias)))
        return refuse(name, `alias:key pairs whose aliases are ${KEY_ALIAS_FORM} (the value is not shown)`)
      if (keys.some(({ key }) => !HEADER_TEXT.test(key)))
        return refuse(name, `alias:key pairs whose keys are ${HEADER_FORM} (the value is not shown)`)
      const aliases = [currentAlias, ...keys.map(({ alias }) => alias)]
      if (new Set(aliases).size < aliases.length)
        return refuse(name, 'every alias once, and none that REMOVEBGVIDEO_KEY_ALIAS has')
      return keys
    },
    /** Who may ask the gateway, each token for one project. */
    projectTokens(name: VariableName): { project: string; token: string }[] {
      const tokens = pairsIn(name, 'project:token').map(([project, token]) => ({ project, token }))
      if (tokens.some(({ project }) => !projectSchema.safeParse(project).success))
        return refuse(name, 'project:token pairs whose projects are 1 to 64 of A-Z a-z 0-9 . _ - (not shown)')
      if (tokens.some(({ token }) => !HEADER_TEXT.test(token)))
        return refuse(name, `project:token pairs whose tokens are ${HEADER_FORM} (the value is not shown)`)
      if (new Set(tokens.map(({ token }) => token)).size < tokens.length)
        return refuse(name, 'every token once: it is what tells projects apart (the value is not shown)')
      if (
        tokens.some(({ project }) => tokens.filter((other) => other.project === project).length > MOST_TOKENS)
      )
        return refuse(name, `at most ${MOST_TOKENS} tokens of a project (the value is not shown)`)
      return tokens
    },
  }
}

/** What a header can carry without quoting. */
const HEADER_TEXT = /^[\x21-\x7e]+$/
const HEADER_FORM = 'printable ASCII without spaces'
const HTTP_FORM = 'a URL that begins with http:// or https://'
/** A key's name in ledger and logs. */
export const KEY_ALIAS = /^[A-Za-z0-9._-]{1,64}$/
export const KEY_ALIAS_FORM = '1 to 64 of A-Z a-z 0-9 . _ -'
/** One to go on with, and one to change to. */
const MOST_TOKENS = 2
/** A century: times that are reckoned with more leave what clocks and Temporal can say. */
const LONGEST_MS = 36_500 * 86_400_000

function isHttp(url: URL | null): url is URL {
  return url !== null && ['http:', 'https:'].includes(url.protocol)
}

function isHost(entry: string): boolean {
  return URL.canParse(`http://${entry}`)
}

function notThis(value: string): string {
  return `, not ${withoutCredentials(value).slice(0, 100)}`
}

function durationText(ms: number): string {
  return ms >= 86_400_000 ? `${ms / 86_400_000}d` : `${ms / 1_000}s`
}
