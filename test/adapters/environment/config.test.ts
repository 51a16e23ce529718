import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../adapters/environment/config.ts'
import { configFrom } from '../../../adapters/environment/config.ts'
import { isRemovalFailure } from '../../../domain/removal-failure.ts'

describe('an empty environment', () => {
  it('has every default', () => {
    const home = '/home/ada/.matteflow'

    expect(configFrom({ HOME: '/home/ada' })).toEqual({
      vendor: {
        apiKey: null,
        baseUrl: 'https://api.removebgvideo.com',
        keyAlias: 'default',
        retiredKeys: [],
        webhookSecret: null,
        outputHosts: ['cdn.removebgvideo.com'],
        callTimeoutMs: 30_000,
      },
      deployment: null,
      databaseUrl: null,
      storageUrl: pathToFileURL(join(home, 'storage')).href,
      home,
      proxies: { http: null, https: null, except: [] },
      privateHosts: [],
      gateway: { port: null, publicUrl: null, tokens: [] },
      payloadKeys: [],
      codec: { host: '127.0.0.1', port: 8_081, tokens: [], origins: [] },
      outageBudgetMs: 600_000,
      keepMs: null,
      settleMarginMs: 30_000,
      rates: { submitPerSecond: 20, statusPerSecond: 50 },
      metrics: null,
      notifyUrl: null,
      log: { level: 'info', format: 'json' },
    } satisfies Config)
  })

  it('finds the home of whoever runs it', () => {
    expect(configFrom({}).home).toBe(join(homedir(), '.matteflow'))
  })

  it('writes for people on a terminal', () => {
    expect(configFrom({}, { isTerminal: true }).log.format).toBe('pretty')
    expect(configFrom({ LOG_FORMAT: 'json' }, { isTerminal: true }).log.format).toBe('json')
  })
})

describe('a variable that is set to nothing', () => {
  it('counts as unset', () => {
    const blank = configFrom({ HOME: '/h', REMOVEBGVIDEO_API_KEY: '', DATABASE_URL: '  ', METRICS_PORT: '' })

    expect(blank).toEqual(configFrom({ HOME: '/h' }))
  })
})

const RETIRED = [
  { alias: 'old', key: 'k1' },
  { alias: 'older', key: 'k:2' },
]

/** 32 bytes. */
const KEY = 'aHVudGVyMiBodW50ZXIyIGh1bnRlcjIgaHVudGVyMiE='
const TWO_KEYS = [
  { id: 'b', key: KEY },
  { id: 'a', key: KEY },
]

const VALID: [name: string, value: string, read: (config: Config) => unknown, meaning: unknown][] = [
  ['REMOVEBGVIDEO_API_KEY', ' rbgv_key ', ({ vendor }) => vendor.apiKey, 'rbgv_key'],
  [
    'REMOVEBGVIDEO_BASE_URL',
    'http://127.0.0.1:4010/',
    ({ vendor }) => vendor.baseUrl,
    'http://127.0.0.1:4010',
  ],
  ['REMOVEBGVIDEO_WEBHOOK_SECRET', 'whsec', ({ vendor }) => vendor.webhookSecret, 'whsec'],
  ['REMOVEBGVIDEO_KEY_ALIAS', 'eu-2026.1', ({ vendor }) => vendor.keyAlias, 'eu-2026.1'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', 'old:k1, older:k:2', ({ vendor }) => vendor.retiredKeys, RETIRED],
  [
    'MATTEFLOW_OUTPUT_HOSTS',
    'CDN.example, f.example:8443',
    ({ vendor }) => vendor.outputHosts,
    ['cdn.example', 'f.example:8443'],
  ],
  [
    'MATTEFLOW_PRIVATE_HOSTS',
    'NAS.corp, 198.18.0.0/15,fd00::/8, [fd00::1]:9000',
    ({ privateHosts }) => privateHosts,
    ['nas.corp', '198.18.0.0/15', 'fd00::/8', '[fd00::1]:9000'],
  ],
  ['HTTP_PROXY', 'proxy.corp:3128', ({ proxies }) => proxies.http, 'http://proxy.corp:3128'],
  ['HTTPS_PROXY', 'http://u:p@proxy.corp', ({ proxies }) => proxies.https, 'http://u:p@proxy.corp'],
  ['https_proxy', 'https://proxy.corp', ({ proxies }) => proxies.https, 'https://proxy.corp'],
  ['NO_PROXY', '.corp 10.0.0.0/8', ({ proxies }) => proxies.except, ['.corp', '10.0.0.0/8']],
  ['MATTEFLOW_CALL_TIMEOUT', '1500ms', ({ vendor }) => vendor.callTimeoutMs, 1_500],
  [
    'DATABASE_URL',
    'postgres://u:p@db:5432/books',
    ({ databaseUrl }) => databaseUrl,
    'postgres://u:p@db:5432/books',
  ],
  ['DATABASE_URL', 'postgresql://db/books', ({ databaseUrl }) => databaseUrl, 'postgresql://db/books'],
  ['STORAGE_URL', 's3://bucket/prefix', ({ storageUrl }) => storageUrl, 's3://bucket/prefix'],
  ['STORAGE_URL', 'file:///srv/videos', ({ storageUrl }) => storageUrl, 'file:///srv/videos'],
  ['MATTEFLOW_HOME', '/var/lib/matteflow', ({ home }) => home, '/var/lib/matteflow'],
  [
    'MATTEFLOW_HOME',
    '/var/lib/matteflow',
    ({ storageUrl }) => storageUrl,
    'file:///var/lib/matteflow/storage',
  ],
  ['GATEWAY_PORT', '0', ({ gateway }) => gateway.port, 0],
  ['GATEWAY_PUBLIC_URL', 'https://cut.example/', ({ gateway }) => gateway.publicUrl, 'https://cut.example'],
  [
    'GATEWAY_TOKENS',
    'shop:one, shop:t:wo',
    ({ gateway }) => gateway.tokens,
    [
      { project: 'shop', token: 'one' },
      { project: 'shop', token: 't:wo' },
    ],
  ],
  ['DATABASE_URL', 'postgres:///books', ({ databaseUrl }) => databaseUrl, 'postgres:///books'],
  ['STORAGE_URL', 's3://bucket', ({ storageUrl }) => storageUrl, 's3://bucket'],
  ['STORAGE_URL', 'file:///srv/my%20videos/', ({ storageUrl }) => storageUrl, 'file:///srv/my%20videos'],
  ['GATEWAY_TOKENS', 'shop:t0k3n', ({ gateway }) => gateway.tokens, [{ project: 'shop', token: 't0k3n' }]],
  ['MATTEFLOW_OUTAGE_BUDGET', '2h', ({ outageBudgetMs }) => outageBudgetMs, 7_200_000],
  ['MATTEFLOW_KEEP', '30d', ({ keepMs }) => keepMs, 30 * 86_400_000],
  ['MATTEFLOW_SETTLE_MARGIN', '1s', ({ settleMarginMs }) => settleMarginMs, 1_000],
  ['MATTEFLOW_SUBMIT_RATE', '0.5/s', ({ rates }) => rates.submitPerSecond, 0.5],
  ['MATTEFLOW_STATUS_RATE', '10000/s', ({ rates }) => rates.statusPerSecond, 10_000],
  ['MATTEFLOW_PAYLOAD_KEYS', `b:${KEY}, a:${KEY}`, ({ payloadKeys }) => payloadKeys, TWO_KEYS],
  ['CODEC_PORT', '9000', ({ codec }) => codec.port, 9_000],
  ['CODEC_TOKENS', 'a-token-of-enough, another-token-of-it', ({ codec }) => codec.tokens.length, 2],
  [
    'CODEC_ORIGINS',
    'https://temporal.example, http://127.0.0.1:8233',
    ({ codec }) => codec.origins,
    ['https://temporal.example', 'http://127.0.0.1:8233'],
  ],
  ['METRICS_PORT', '9464', ({ metrics }) => metrics, { host: '127.0.0.1', port: 9_464 }],
  ['METRICS_HOST', '0.0.0.0', ({ metrics }) => metrics, null],
  ['LOG_LEVEL', 'debug', ({ log }) => log.level, 'debug'],
  ['LOG_FORMAT', 'pretty', ({ log }) => log.format, 'pretty'],
]

describe('a variable that is set', () => {
  it.each(VALID)('%s=%s is understood', (name, value, read, meaning) => {
    expect(read(configFrom({ [name]: value }))).toEqual(meaning)
  })
})

const MALFORMED: [name: string, value: string, expected: string][] = [
  ['REMOVEBGVIDEO_BASE_URL', 'api.example', 'a URL that begins with http:// or https://, not api.example'],
  ['REMOVEBGVIDEO_API_KEY', 'hunter2\nhunter3', 'printable ASCII without spaces'],
  ['REMOVEBGVIDEO_API_KEY', 'hunter2 or so', 'printable ASCII without spaces'],
  ['REMOVEBGVIDEO_API_KEY', 'hunter2…', 'printable ASCII without spaces'],
  ['REMOVEBGVIDEO_BASE_URL', 'https://u:hunter2@api.example', 'a URL without user name, password'],
  ['REMOVEBGVIDEO_BASE_URL', 'https://api.example?key=hunter2', 'a URL without user name, password'],
  ['REMOVEBGVIDEO_BASE_URL', 'ftp://api.example', 'a URL that begins with http:// or https://'],
  ['REMOVEBGVIDEO_KEY_ALIAS', 'my key', '1 to 64 of'],
  ['REMOVEBGVIDEO_KEY_ALIAS', 'x'.repeat(65), '1 to 64 of'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', 'hunter2', 'alias:key pairs'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', 'old:hunter2,', 'alias:key pairs'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', ':hunter2', 'alias:key pairs'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', 'my old:hunter2', 'alias:key pairs whose aliases are 1 to 64 of'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', 'old:hunter2\nhunter3', 'alias:key pairs whose keys are printable'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', 'old:hunter2,old:hunter3', 'every alias once'],
  ['REMOVEBGVIDEO_RETIRED_KEYS', 'default:hunter2', 'none that REMOVEBGVIDEO_KEY_ALIAS has'],
  ['MATTEFLOW_OUTPUT_HOSTS', 'https://cdn.example', 'host or host:port'],
  ['MATTEFLOW_OUTPUT_HOSTS', 'cdn.example,', 'host or host:port'],
  ['MATTEFLOW_OUTPUT_HOSTS', 'cdn.example:https', 'host or host:port'],
  ['MATTEFLOW_OUTPUT_HOSTS', 'cdn.example:99999', 'host or host:port'],
  ['MATTEFLOW_OUTPUT_HOSTS', '1.2.3.999', 'host or host:port'],
  ['MATTEFLOW_PRIVATE_HOSTS', 'nas.corp:99999', 'hosts, addresses or ranges'],
  ['MATTEFLOW_PRIVATE_HOSTS', '198.18.0.0/15/9', 'hosts, addresses or ranges'],
  ['MATTEFLOW_PRIVATE_HOSTS', '198.18.0.0/33', 'hosts, addresses or ranges'],
  ['MATTEFLOW_PRIVATE_HOSTS', 'https://nas.corp', 'hosts, addresses or ranges'],
  ['HTTP_PROXY', 'socks5://u:hunter2@proxy.corp', 'http://host:port or https://host:port'],
  ['HTTPS_PROXY', 'http://u:hunter2@', 'http://host:port or https://host:port'],
  ['HTTPS_PROXY', 'http://u:hunter2%@proxy.corp', 'http://host:port or https://host:port'],
  ['MATTEFLOW_CALL_TIMEOUT', '30', 'a duration like 90s, 15m, 2h or 1d, not 30'],
  ['MATTEFLOW_CALL_TIMEOUT', '31s', 'at most 30s, not 31s'],
  ['MATTEFLOW_CALL_TIMEOUT', '0s', 'a duration like 90s'],
  ['MATTEFLOW_OUTAGE_BUDGET', 'long', 'a duration like 90s'],
  ['MATTEFLOW_KEEP', 'for ever', 'a duration like 90s'],
  ['MATTEFLOW_KEEP', '104249991d', 'at most 36500d'],
  ['MATTEFLOW_OUTAGE_BUDGET', '36501d', 'at most 36500d'],
  ['MATTEFLOW_NOTIFY_URL', 'hunter2', 'a URL that begins with http:// or https://'],
  ['MATTEFLOW_NOTIFY_URL', 'ftp://u:hunter2@hooks.example', 'a URL that begins with http:// or https://'],
  ['MATTEFLOW_PAYLOAD_KEYS', 'hunter2', 'id:key pairs'],
  ['MATTEFLOW_PAYLOAD_KEYS', `a:${KEY},a:${KEY}`, 'every id once'],
  ['MATTEFLOW_PAYLOAD_KEYS', `a:${KEY.slice(4)}hunter2`, '32 bytes as base64'],
  ['MATTEFLOW_PAYLOAD_KEYS_FILE', '/no/such/file', 'a readable file'],
  ['CODEC_TOKENS', 'hunter2', 'tokens of at least 16'],
  ['CODEC_ORIGINS', 'https://temporal.example/', 'origins like'],
  ['CODEC_ORIGINS', '*', 'origins like'],
  ['MATTEFLOW_SETTLE_MARGIN', '-1s', 'a duration like 90s'],
  ['DATABASE_URL', 'mysql://root:hunter2@db/books', 'a URL that begins with postgres:// or postgresql://'],
  ['DATABASE_URL', 'hunter2', 'a URL that begins with postgres:// or postgresql://'],
  ['DATABASE_URL', 'postgres://', 'postgres://<user>:<password>@<host>/<database>'],
  ['DATABASE_URL', 'postgres://u:hunter2/x@db/books', 'postgres://<user>:<password>@<host>/<database>'],
  ['DATABASE_URL', 'postgres://u:hunter2#x@db/books', '%2F %23 %40'],
  ['DATABASE_URL', 'postgres://db/books?port=http', 'postgres://<user>:<password>@<host>/<database>'],
  ['DATABASE_URL', 'postgres://u:hunter2@db/books?sslrootcert=/no/file', 'a readable file'],
  ['STORAGE_URL', '/srv/videos', 'file:///folder or s3://bucket/prefix, not /srv/videos'],
  ['STORAGE_URL', 'gs://bucket', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 's3://', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 's3:///prefix', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 's3://bucket/a//b', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 's3://bucket/%zz', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 's3://id:hunter2@bucket/p', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 's3://bucket/p?region=x', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 'file:///', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 'file://host/srv', 'file:///folder or s3://bucket/prefix'],
  ['STORAGE_URL', 'file:///srv%2Fvideos', 'file:///folder or s3://bucket/prefix'],
  ['GATEWAY_PORT', '65536', 'a port from 0 to 65535'],
  ['GATEWAY_PORT', 'http', 'a port from 0 to 65535'],
  ['GATEWAY_PUBLIC_URL', 'cut.example', 'a URL that begins with http:// or https://'],
  ['GATEWAY_PUBLIC_URL', 'https://cut.example/?a=b', 'a URL without user name, password, query'],
  ['GATEWAY_TOKENS', 'hunter2', 'project:token pairs'],
  ['GATEWAY_TOKENS', 'a:hunter2,b:hunter2', 'every token once'],
  ['GATEWAY_TOKENS', 'a:hunter2,a:hunter2', 'every token once'],
  ['GATEWAY_TOKENS', 'a:hunter2,b:other,a:hunter3,a:hunter4', 'at most 2 tokens of a project'],
  ['GATEWAY_TOKENS', 'a b:hunter2', 'project:token pairs whose projects are'],
  ['GATEWAY_TOKENS', 'a:hunter2 hunter3', 'project:token pairs whose tokens are printable'],
  ['MATTEFLOW_SUBMIT_RATE', '20', 'calls per second like 20/s'],
  ['MATTEFLOW_SUBMIT_RATE', '0/s', 'calls per second like 20/s'],
  ['MATTEFLOW_STATUS_RATE', '10001/s', 'at most 10000/s'],
  ['METRICS_PORT', '-1', 'a port from 0 to 65535'],
  ['METRICS_HOST', 'localhost', 'an IP address like 0.0.0.0'],
  ['LOG_LEVEL', 'verbose', 'one of trace, debug, info, warn, error, fatal, not verbose'],
  ['LOG_FORMAT', 'xml', 'one of json, pretty, not xml'],
]

describe('a malformed variable', () => {
  it.each(MALFORMED)('%s=%s is refused by name', (name, value, expected) => {
    const { kind, message, facts } = refusalOf({ [name]: value })

    expect(kind).toBe('InvalidRequest')
    expect(message).toMatch(new RegExp(`^${name}: expected `))
    expect(message).toContain(expected)
    expect(facts.hint).toContain(name)
    expect(message).not.toContain('hunter2')
  })

  it('is not shown where it may carry credentials', () => {
    for (const name of ['REMOVEBGVIDEO_BASE_URL', 'GATEWAY_PUBLIC_URL', 'STORAGE_URL'])
      expect(refusalOf({ [name]: 'ws://user:hunter2@host/path?token=hunter2' }).message).not.toContain(
        'hunter2',
      )
  })
})

function refusalOf(environment: Record<string, string>) {
  try {
    configFrom(environment)
  } catch (error) {
    if (isRemovalFailure(error)) return error
    throw error
  }
  throw new Error('accepted')
}
