import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findManifestChecker } from '#tools'
import { ENVIRONMENT } from '../../domain/environment.ts'
import { ROOT } from '../frame/support/temp-tree.ts'

const FOLDER = join(ROOT, 'ops/kubernetes')
const files = readdirSync(FOLDER).map((name) => join(FOLDER, name))
/** The oldest that is still maintained. */
const KUBERNETES = '1.34'
const tools = await findManifestChecker()

interface Container {
  image: string
  args: string[]
  env?: { name: string }[]
  securityContext: object
  volumeMounts: { mountPath: string }[]
  readinessProbe?: object
  livenessProbe?: object
}
interface Manifest {
  kind: string
  metadata: { name: string; labels: Record<string, string> }
  data?: Record<string, string>
  spec: {
    selector?: { matchLabels: Record<string, string> }
    template?: {
      metadata: { labels: Record<string, string> }
      spec: { terminationGracePeriodSeconds?: number; securityContext: object; containers: Container[] }
    }
  }
}

const READ =
  'import json,sys,yaml; print(json.dumps([d for f in sys.argv[1:] for d in yaml.safe_load_all(open(f))]))'

function manifests(): Manifest[] {
  if (tools === undefined) return []
  const json = execFileSync(join(tools, 'python'), ['-c', READ, ...files], { encoding: 'utf8' })
  return JSON.parse(json) as Manifest[]
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const shownSeconds = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1])

// The checker is installed with Python; where there is none, these count as skipped.
describe.skipIf(tools === undefined)('the manifests of Kubernetes', () => {
  const all = manifests()
  const pods = all.flatMap(({ metadata: { name }, spec }) =>
    spec?.template === undefined ? [] : [{ name, pod: spec.template }],
  )
  const containersOf = (name: string): Container[] =>
    pods.filter((one) => one.name.startsWith(name)).flatMap(({ pod }) => pod.spec.containers)

  it('are what the schemas of Kubernetes allow, without a field that it does not know', () => {
    const args = ['--strict', '--no-warn', '-k', KUBERNETES, ...files]
    const said = execFileSync(join(tools ?? '', 'kubernetes-validate'), args, {
      encoding: 'utf8',
      stdio: 'pipe',
    })

    expect(said).not.toMatch(/ERROR/)
    expect(all).toHaveLength(8)
  })

  it.each(pods)('give $name no more rights than it needs', ({ pod }) => {
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000 })
    for (const { securityContext } of pod.spec.containers)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
  })

  it.each(pods)('run in $name this release, where it may write what it writes', ({ pod }) => {
    const { version } = JSON.parse(read('package.json')) as { version: string }
    for (const { image, volumeMounts } of pod.spec.containers) {
      expect(image).toBe(`matteflow:${version}`)
      expect(volumeMounts.map(({ mountPath }) => mountPath).toSorted()).toEqual([
        '/tmp',
        '/var/lib/matteflow',
      ])
    }
  })

  it('give each role longer than its own grace', () => {
    const graceOf = (name: string) =>
      pods.find((one) => one.name.startsWith(name))?.pod.spec.terminationGracePeriodSeconds
    const worker = readdirSync(join(ROOT, 'worker'))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => shownSeconds(read(`worker/${name}`), /shutdownForceTime: '(\d+)s'/))
      .find((seconds) => !Number.isNaN(seconds))
    const compose = read('docker-compose.yml')

    expect(graceOf('matteflow-worker')).toBeGreaterThan(worker ?? Number.POSITIVE_INFINITY)
    expect(graceOf('matteflow-gateway')).toBeGreaterThanOrEqual(
      shownSeconds(compose, /stop_grace_period: (70)s/),
    )
  })

  it('probe what runs for long', () => {
    for (const role of ['matteflow-worker', 'matteflow-gateway'])
      for (const container of containersOf(role))
        expect(container).toMatchObject({
          readinessProbe: expect.anything(),
          livenessProbe: expect.anything(),
        })
  })

  it('keep one pod of each role while nodes are drained', () => {
    const budgets = all.filter(({ kind }) => kind === 'PodDisruptionBudget')
    for (const { spec } of budgets) {
      const wanted = Object.entries(spec.selector?.matchLabels ?? {})
      const chosen = pods.filter(({ pod }) =>
        wanted.every(([key, value]) => pod.metadata.labels[key] === value),
      )
      expect(chosen).toHaveLength(1)
    }
    expect(budgets).toHaveLength(2)
  })

  it('set only variables that somebody reads', () => {
    const settings = all.find(({ kind }) => kind === 'ConfigMap')?.data ?? {}
    const names = [
      ...Object.keys(settings),
      ...pods.flatMap(({ pod }) =>
        pod.spec.containers.flatMap(({ env = [] }) => env.map(({ name }) => name)),
      ),
    ]
    const foreign = names.filter((name) => !Object.hasOwn(ENVIRONMENT, name))
    expect(foreign.toSorted()).toEqual(['AWS_REGION', 'TEMPORAL_NAMESPACE'])
  })

  it('ask the gate on the version that is deployed', () => {
    expect(containersOf('matteflow-gate').map(({ args }) => args)).toContainEqual(['doctor', '--deep'])
  })
})
