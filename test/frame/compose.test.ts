import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findComposeLoader } from '#tools'
import { searchAttributeFlags } from '../../worker/temporal/register-search-attributes.ts'
import { ROOT } from './support/temp-tree.ts'

interface Service {
  image: string
  user?: string
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  mem_limit?: string
  pids_limit?: number
  environment?: Record<string, string | null>
  ports?: { host_ip?: string; published?: string; target: number }[]
  profiles?: string[]
  command?: string[] | null
  volumes?: { type: string; source?: string; target: string; read_only?: boolean }[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const loader = await findComposeLoader()

/** What `docker compose` makes of the file beside this `.env`, whatever this process's own environment holds. */
function load(env = '', profiles = ['sandbox']): Record<string, Service> {
  const folder = mkdtempSync(join(tmpdir(), 'matteflow-compose-'))
  writeFileSync(join(folder, 'docker-compose.yml'), read('docker-compose.yml'))
  writeFileSync(join(folder, '.env'), env)
  const json = execFileSync(loader ?? '', ['docker-compose.yml', ...profiles], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  })
  return (JSON.parse(json) as { services: Record<string, Service> }).services
}

const imageName = (image: string) => image.slice(0, image.lastIndexOf(':'))
const versionOf = (service: Service | undefined) => service?.image.split(':')[1]

const OURS = [
  ...[...read('adapters/environment/config.ts').matchAll(/read\s*\.\w+\(\s*'([A-Z_]+)'/g)].map(
    ([, name = '']) => name,
  ),
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'PGPASSWORD',
]
/** What each image documents, of that which is of use here. */
const DOCUMENTED: Record<string, string[]> = {
  postgres: ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'],
  'temporalio/admin-tools': [
    'SQL_PLUGIN',
    'SQL_HOST',
    'SQL_PORT',
    'SQL_USER',
    'SQL_PASSWORD',
    'TEMPORAL_ADDRESS',
    'TEMPORAL_NAMESPACE',
  ],
  'temporalio/server': [
    'DB',
    'DB_PORT',
    'POSTGRES_SEEDS',
    'POSTGRES_USER',
    'POSTGRES_PWD',
    'BIND_ON_IP',
    'NUM_HISTORY_SHARDS',
    'DYNAMIC_CONFIG_FILE_PATH',
  ],
  'temporalio/ui': ['TEMPORAL_ADDRESS'],
  matteflow: OURS,
}

// The loader is built with Go; where there is none, these count as skipped.
describe.skipIf(loader === undefined)('the compose file, as docker compose reads it', () => {
  const services = loader === undefined ? {} : load()
  const named = Object.entries(services).map(([name, service]) => ({ name, service }))

  describe.each(named)('the service $name', ({ service }) => {
    it('runs a known image of a pinned version', () => {
      expect(Object.keys(DOCUMENTED)).toContain(imageName(service.image))
      expect(service.image).toMatch(/:\d+(\.\d+)*$/)
    })

    it('sets only variables that somebody reads', () => {
      const known = DOCUMENTED[imageName(service.image)] ?? []
      expect(Object.keys(service.environment ?? {}).filter((name) => !known.includes(name))).toEqual([])
    })

    it('is reached from this machine only', () => {
      for (const port of service.ports ?? []) expect(port.host_ip).toBe('127.0.0.1')
    })

    it('waits until what it needs is ready', () => {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        if (condition === 'service_healthy') expect(services[needed]?.healthcheck).toBeDefined()
        else expect(condition).toBe('service_completed_successfully')
      }
    })

    it('has no more rights and memory than it needs', () => {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        mem_limit: expect.anything(),
        pids_limit: expect.any(Number),
      })
    })

    it('mounts files that are there, to be read', () => {
      for (const { type, source = '', target, read_only } of service.volumes ?? []) {
        if (type !== 'bind') continue
        expect(read_only).toBe(true)
        const local = source.slice(source.indexOf('/ops/') + 1)
        const paths = [...(service.command ?? []), ...Object.values(service.environment ?? {})]
        for (const path of paths.filter((text) => text?.startsWith(`${target}/`)))
          expect(read(path?.replace(target, local) ?? '')).not.toBe('')
      }
    })
  })

  it('is accepted as it stands, without .env, since ps, exec and down must work as well', () => {
    const { worker } = load('', [])
    expect(worker?.environment).toMatchObject({ REMOVEBGVIDEO_API_KEY: null })
  })

  it('takes the key and the address of the vendor from .env', () => {
    const { worker } = load("REMOVEBGVIDEO_API_KEY='a key'\nREMOVEBGVIDEO_BASE_URL=http://vendor:1\n")
    expect(worker?.environment).toMatchObject({
      REMOVEBGVIDEO_API_KEY: 'a key',
      REMOVEBGVIDEO_BASE_URL: 'http://vendor:1',
    })
  })

  it('hands a password with any character to whoever needs it, in no URL', () => {
    const password = 'a/b#c@d:e%20 f$g'
    const { postgresql, temporal, worker, ...rest } = load(`POSTGRES_PASSWORD='${password}'\n`)
    expect(postgresql?.environment).toMatchObject({ POSTGRES_PASSWORD: password })
    expect(temporal?.environment).toMatchObject({ POSTGRES_PWD: password })
    expect(rest['temporal-schema']?.environment).toMatchObject({ SQL_PASSWORD: password })
    expect(worker?.environment).toMatchObject({ PGPASSWORD: password })
    expect(new URL(worker?.environment?.['DATABASE_URL'] ?? '').password).toBe('')
  })

  it('starts the sandbox only when asked, under a name of its own', () => {
    expect(load('', [])).not.toHaveProperty('sandbox')
    const { sandbox, worker } = load(read('ops/sandbox.env'), [])
    const url = worker?.environment?.['REMOVEBGVIDEO_BASE_URL']
    expect(url).toBe('http://sandbox:4010')
    expect(sandbox?.command).toEqual(expect.arrayContaining(['--host', '0.0.0.0', '--public-url', url]))
    expect(sandbox?.command).toContain(worker?.environment?.['REMOVEBGVIDEO_API_KEY'])
    expect(sandbox?.ports).toBeUndefined()
  })

  it('lets several workers run: no port of the host is taken twice, and each works in a place of its own', () => {
    const { worker } = services
    for (const { published } of worker?.ports ?? []) expect(published ?? '').toBe('')
    expect(worker).not.toHaveProperty('container_name')
    expect(worker?.volumes).toContainEqual({ type: 'volume', target: '/var/lib/matteflow', volume: {} })
  })

  it("runs the server's version that the tests run, and its schema and page", () => {
    const modules = read('scripts/temporal-server/go.mod')
    const version = (module: string) => new RegExp(`${module} v([\\d.]+)`).exec(modules)?.[1]
    expect(versionOf(services['temporal'])).toBe(version('go\\.temporal\\.io/server'))
    expect(versionOf(services['temporal-schema'])).toBe(versionOf(services['temporal']))
    expect(versionOf(services['temporal-namespace'])).toBe(versionOf(services['temporal']))
    expect(versionOf(services['temporal-ui'])).toBe(version('github\\.com/temporalio/ui-server/v2'))
  })

  it('fixes the number of history shards, which the first start decides for good', () => {
    expect(services['temporal']?.environment).toMatchObject({ NUM_HISTORY_SHARDS: '128' })
  })

  it('asks more of a healthy Temporal than an open port, and of a healthy worker that it polls', () => {
    expect(services['temporal']?.healthcheck?.test.join(' ')).toContain('/api/v1/namespaces')
    expect(services['worker']?.healthcheck?.test).toEqual(['CMD', 'matteflow', 'health'])
  })

  it('registers every search attribute before the worker starts', () => {
    const script = read('ops/temporal/create-namespace.sh')
    const registered = [...script.matchAll(/--name (\w+) --type (\w+)/g)].map(
      ([, name, type]) => `${name}=${type}`,
    )
    expect(registered.sort()).toEqual(searchAttributeFlags().sort())
    expect(services['worker']?.depends_on).toHaveProperty('temporal-namespace')
  })

  it('says how to use it with files where its user may write', () => {
    const example = /exec worker matteflow (remove .*)/.exec(read('docker-compose.yml'))?.[1] ?? ''
    const targets = services['worker']?.volumes?.map(({ target }) => target) ?? []
    for (const [path = ''] of example.matchAll(/\/\S+/g))
      expect(targets).toContain(path.slice(0, path.lastIndexOf('/')))
  })

  it('publishes what the worker measures', () => {
    const { METRICS_HOST, METRICS_PORT } = services['worker']?.environment ?? {}
    expect(METRICS_HOST).toBe('0.0.0.0')
    expect(services['worker']?.ports).toContainEqual(
      expect.objectContaining({ target: Number(METRICS_PORT) }),
    )
  })
})

describe('the image', () => {
  const dockerfile = read('Dockerfile')
  const stages = dockerfile.split(/^FROM /m)

  it('is made of the Node that the project runs on', () => {
    for (const stage of stages.slice(1)) expect(stage).toMatch(/^node:24-slim\b/)
  })

  it('runs the built package as a user without rights, known by number, with ffmpeg', () => {
    const last = stages.at(-1) ?? ''
    expect(stages[1]).toContain('npm run build')
    expect(last).toContain('ffmpeg')
    expect(last).toContain('\nUSER 1000:1000\n')
    expect(last.indexOf('USER 1000')).toBeLessThan(last.indexOf('ENTRYPOINT'))
  })

  it('is not given secrets, packages or histories', () => {
    const ignored = read('.dockerignore').split('\n')
    for (const name of ['.git', '.env', 'node_modules', 'dist']) expect(ignored).toContain(name)
  })
})
