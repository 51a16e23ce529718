import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { millisecondsFrom } from '../../domain/duration.ts'
import type { VariableName } from '../../domain/environment.ts'
import type { PayloadKey } from '../../domain/payload-keys.ts'
import { PAYLOAD_KEYS_FORM, payloadKeysFrom } from '../../domain/payload-keys.ts'
import type { Proxies } from '../../domain/proxies.ts'
import { isProxyUrl, proxiesFrom } from '../../domain/proxies.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

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
