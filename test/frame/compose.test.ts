import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { searchAttributeFlags } from '../../worker/register-search-attributes.ts'
import { ROOT } from './temp-tree.ts'

interface Service {
  image: string
  environment?: Record<string, string>
  ports?: string[]
  profiles?: string[]
  command?: string[]
  volumes?: string[]
  network_mode?: string
  depends_on?: Record<string, { condition: string }>
  healthcheck?: object
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const { services } = parse(read('docker-compose.yml')) as { services: Record<string, Service> }
const named = Object.entries(services).map(([name, service]) => ({ name, service }))

const OURS = [
  ...[...read('config.ts').matchAll(/read\.\w+\(\s*'([A-Z_]+)'/g)].map(([, name = '']) => name),
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
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
    'DYNAMIC_CONFIG_FILE_PATH',
  ],
  'temporalio/ui': ['TEMPORAL_ADDRESS'],
  matteflow: OURS,
}

const imageName = (image: string) => image.slice(0, image.lastIndexOf(':'))

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
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('waits until what it needs is ready', () => {
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      const other = services[needed]
      if (condition === 'service_healthy') expect(other?.healthcheck).toBeDefined()
      // Whatever shares the worker's network needs its namespace, and serves it before it is healthy.
      else if (service.network_mode === `service:${needed}`) expect(condition).toBe('service_started')
      else expect(condition).toBe('service_completed_successfully')
    }
  })

  it('mounts files that are there', () => {
    for (const volume of service.volumes ?? []) {
      const [source = '', target = '', access] = volume.split(':')
      if (!source.startsWith('./')) continue
      expect(access).toBe('ro')
      const paths = [...(service.command ?? []), ...Object.values(service.environment ?? {})]
      for (const path of paths.filter((text) => text.startsWith(`${target}/`)))
        expect(read(path.replace(target, source))).not.toBe('')
    }
  })
})

describe('the composition', () => {
  it('starts the sandbox only when asked, as the worker sees it', () => {
    const { sandbox } = services
    expect(sandbox?.profiles).toEqual(['sandbox'])
    expect(sandbox?.network_mode).toBe('service:worker')
    expect(sandbox?.ports).toBeUndefined()
    const others = named.filter(({ name }) => name !== 'sandbox')
    for (const { service } of others) expect(service.depends_on ?? {}).not.toHaveProperty('sandbox')
  })

  it('sets up the schema with the version of its server', () => {
    const version = (name: string) => services[name]?.image.split(':')[1]
    expect(version('temporal-schema')).toBe(version('temporal'))
    expect(version('temporal-namespace')).toBe(version('temporal'))
  })

  it('registers every search attribute before the worker starts', () => {
    const script = read('ops/temporal/create-namespace.sh')
    const registered = [...script.matchAll(/--name (\w+) --type (\w+)/g)].map(
      ([, name, type]) => `${name}=${type}`,
    )
    expect(registered.sort()).toEqual(searchAttributeFlags().sort())
    expect(services['worker']?.depends_on).toHaveProperty('temporal-namespace')
  })

  it('says how to use it with an output where its user may write', () => {
    const example = /exec worker node bin\/matteflow\.js (remove .*)/.exec(read('docker-compose.yml'))?.[1]
    expect(example).toMatch(/ --out \/tmp\//)
  })

  it('publishes what the worker measures', () => {
    const { METRICS_HOST, METRICS_PORT } = services['worker']?.environment ?? {}
    expect(METRICS_HOST).toBe('0.0.0.0')
    expect(services['worker']?.ports).toContain(`127.0.0.1:${METRICS_PORT}:${METRICS_PORT}`)
  })
})

describe('the image', () => {
  const dockerfile = read('Dockerfile')
  const stages = dockerfile.split(/^FROM /m)

  it('is made of the Node that the project runs on', () => {
    for (const stage of stages.slice(1)) expect(stage).toMatch(/^node:24-slim\b/)
  })

  it('runs the built package as a user without rights, with ffmpeg', () => {
    const last = stages.at(-1) ?? ''
    expect(stages[1]).toContain('npm run build')
    expect(last).toContain('ffmpeg')
    expect(last).toContain('\nUSER node\n')
    expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('ENTRYPOINT'))
  })

  it('is not given secrets, packages or histories', () => {
    const ignored = read('.dockerignore').split('\n')
    for (const name of ['.git', '.env', 'node_modules', 'dist']) expect(ignored).toContain(name)
  })
})
