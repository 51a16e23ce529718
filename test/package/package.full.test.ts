import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importClosure } from '../../scripts/package/import-closure.mjs'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { startRemovalEnvironment } from '../../testing/removal-environment.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { clip } from '../support/clips.ts'
import { tempFolder } from '../support/temp-folder.ts'
import type { Manifest } from './support/project.ts'
import { install, leanProjectWith, packInto, projectWith, unpacked, weigh } from './support/project.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const PEERS = '^1.24.0'

let packedAt: string
let tarballs: Awaited<ReturnType<typeof packInto>>
let environment: RemovalEnvironment
/** A project that has both installed, and its manifest of the whole one. */
let project: string
let manifest: Manifest

beforeAll(async () => {
  packedAt = await mkdtemp(join(tmpdir(), 'matteflow-packed-'))
  tarballs = await packInto(packedAt)
  project = join(packedAt, 'project')
  manifest = await projectWith(project, tarballs.whole)
  await unpacked(tarballs.client, join(project, 'node_modules'))
  environment = await startRemovalEnvironment({
    temporal: await startTemporalServer('dev'),
    sandbox: { modes: { instant: true } },
  })
}, 480_000)
afterAll(async () => {
  await environment?.close()
  await environment?.temporal.teardown()
  await rm(packedAt, { recursive: true, force: true })
}, 60_000)

/** What the README's lines read of the environment. */
function surroundings(): NodeJS.ProcessEnv {
  const { temporal, settings } = environment
  return { ...process.env, TEMPORAL_ADDRESS: temporal.address, STORAGE_URL: settings['STORAGE_URL'] }
}

/** The blocks of TypeScript of a document, as modules. */
async function blocksOf(document: string): Promise<string[]> {
  const text = await readFile(join(ROOT, document), 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = '']) => block)
}

describe('the tarball', () => {
  it('wants one copy of the SDK, of the versions that are tried here', async () => {
    const ours = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const sdk = Object.keys(ours.dependencies).filter((name) => name.startsWith('@temporalio/'))

    expect(manifest.peerDependencies).toEqual(Object.fromEntries(sdk.map((name) => [name, PEERS])))
    expect(Object.keys(manifest.dependencies ?? {}).filter((name) => sdk.includes(name))).toEqual([])
    expect(sdk.map((name) => `^${ours.dependencies[name]}`)).toEqual(sdk.map(() => PEERS))
  })

  it('is what publint and are-the-types-wrong want of a package of modules', async () => {
    for (const path of Object.values(tarballs)) {
      const bytes = await readFile(path)
      const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer } })
      expect(messages).toEqual([])
      const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)))
      const problems = 'problems' in analysis ? analysis.problems : [{ kind: 'no types at all' }]
      expect(problems.filter((problem) => !isOfCommonJs(problem))).toEqual([])
    }
  })

  it.each(['client/index', 'worker/plugin/index', 'adapters/removebgvideo/index'])(
    'names no type of the ledger in %s',
    (entry) => {
      const { packages } = importClosure(join(project, 'node_modules/matteflow/dist', `${entry}.d.ts`))
      expect([...packages]).not.toContain('drizzle-orm')
    },
  )

  it('compiles every block of the documents and a program that leans on every public name, and runs the first block of the README', async () => {
    const blocks = [
      ...(await blocksOf('README.md')),
      ...(await blocksOf('docs/library.md')),
      ...(await blocksOf('docs/testing.md')),
      ...(await blocksOf('docs/security.md')),
    ]
    expect(blocks.length).toBeGreaterThanOrEqual(4)
    for (const [index, block] of blocks.entries())
      await writeFile(join(project, `block-${index}.ts`), `${block}\nexport {}\n`)
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']
    const files = [...blocks.map((_, index) => `block-${index}.ts`), 'consumer.ts']
    await copyFile(join(import.meta.dirname, 'consumer.txt'), join(project, 'consumer.ts'))
    await run(process.execPath, [tsc, ...flags, '--skipLibCheck', ...files], { cwd: project })
    await copyFile(await clip('green'), join(project, 'clip.mp4'))

    const { stdout } = await run(process.execPath, ['block-0.ts'], { cwd: project, env: surroundings() })

    expect(stdout).toMatch(/^file:\/\/\S+ 2\.25$/m)
  })

  it('runs the first three blocks of docs/testing.md as they stand', async () => {
    const histories = join(ROOT, 'test/histories/unreleased')
    const [history = ''] = await readdir(histories)
    await copyFile(join(histories, history), join(project, 'history.json.gz'))
    const order = "export async function order() { return 'an order of yours' }"
    await writeFile(join(project, 'workflows.js'), order)
    const blocks = await blocksOf('docs/testing.md')
    const said: string[] = []
    for (const [index, block] of blocks.slice(0, 3).entries()) {
      await writeFile(join(project, `kit-${index}.ts`), block)
      said.push((await run(process.execPath, [`kit-${index}.ts`], { cwd: project })).stdout)
    }

    expect(said).toEqual([
      expect.stringMatching(/^succeeded$/m),
      expect.stringMatching(/^an order of yours$/m),
      expect.stringMatching(/^history\.json\.gz replays null$/m),
    ])
  }, 480_000)
})

describe('the service that init writes', () => {
  /** npm puts its packages where a user's lie, which is elsewhere than in this checkout. */
  let shop: string
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) }

  beforeAll(async () => {
    const command = join(project, 'node_modules/matteflow/cli/matteflow.js')
    await run(process.execPath, [command, 'init', 'shop'], { cwd: project, env })
    shop = join(project, 'shop')
    await install(shop, tarballs.whole)
  }, 600_000)

  it('installs the tarball that it came from, compiles, and passes its own tests', async () => {
    await run('npm', ['run', 'check'], { cwd: shop, env })
    const { stdout } = await run('npm', ['test'], { cwd: shop, env })

    expect(stdout).toMatch(/^ℹ pass 3$/m)
    expect(stdout).toMatch(/^ℹ fail 0$/m)
    const { dependencies } = JSON.parse(await readFile(join(shop, 'package.json'), 'utf8')) as Manifest
    expect(dependencies?.['matteflow']).toMatch(/^file:.*matteflow-.*\.tgz$/)
  }, 600_000)

  it('reads and writes histories: it replays those of a release, the block of docs/testing.md and a tape that it exported', async () => {
    const served = { ...surroundings(), ...environment.settings, PATH: env.PATH }
    const matteflow = (...words: string[]) => run('npx', ['matteflow', ...words], { cwd: shop, env: served })
    await (await environment.start({ id: 'exported', source: await clip('green') })).result()

    const release = await matteflow('replay', '--release', '0.1.0')
    const exported = await matteflow('export', 'exported')
    const played = await matteflow('replay', '--tape', 'exported.bundle.json.gz')
    const histories = join(shop, 'node_modules/matteflow/test/histories/0.1.0')
    await copyFile(join(histories, 'success.json.gz'), join(shop, 'history.json.gz'))
    const [, , block = ''] = await blocksOf('docs/testing.md')
    await writeFile(join(shop, 'replay-block.ts'), block)
    const { stdout } = await run(process.execPath, ['replay-block.ts'], { cwd: shop, env })

    expect(release.stderr).toMatch(/^9 replay, 0 diverge, 0 cannot be read$/m)
    expect(exported.stdout).toMatch(/exported\.bundle\.json\.gz: \d+ events/)
    expect(played.stderr).toMatch(/^1 alike, 0 would differ, 0 cannot be played$/m)
    expect(stdout).toMatch(/^history\.json\.gz replays null$/m)
  }, 480_000)

  it('asks for the versions that are tried here', async () => {
    const read = async (path: string) => JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Manifest
    const [ours, example] = [await read('package.json'), await read('examples/service/package.json')]
    const tried: Record<string, string> = {
      ...ours.dependencies,
      ...ours.devDependencies,
      matteflow: ours.version,
    }

    const asked = { ...example.dependencies, ...example.devDependencies }
    for (const [name, range] of Object.entries(asked))
      expect([name, range]).toEqual([name, `^${tried[name]}`])
  })
})

describe('the light client', () => {
  it('is at most 60 MB with all that it needs, without native code, and takes a removal through', async () => {
    const folder = await tempFolder()
    const packages = await leanProjectWith(folder, tarballs.client)
    const { sizeBytes, native } = await weigh(join(folder, 'node_modules'))
    expect(native).toEqual([])
    expect(sizeBytes).toBeLessThanOrEqual(60_000_000)
    expect(packages.length).toBeLessThanOrEqual(80)
    await copyFile(await clip('green'), join(folder, 'clip.mp4'))
    const [block = ''] = await blocksOf('README.md')
    const ours = block.replace('matteflow/client', 'matteflow-client').replace('order-4711', 'order-4712')
    await writeFile(join(folder, 'start.ts'), ours)

    const { stdout } = await run(process.execPath, ['start.ts'], { cwd: folder, env: surroundings() })

    expect(stdout).toMatch(/^file:\/\/\S+ 2\.25$/m)
    const lacking =
      "const { createStorage } = await import('matteflow-client'); await createStorage('s3://b/c').stat('a')"
    const refused = run(process.execPath, ['--input-type=module', '--eval', lacking], { cwd: folder })
    await expect(refused).rejects.toThrow(/npm install @aws-sdk\/client-s3/)
  })

  it('has failures that the whole package knows as its own', async () => {
    const brands = `import { createStorage } from 'matteflow-client'
import { isRemovalFailure } from 'matteflow/plugin'
try { createStorage('ftp://nowhere') } catch (error) { console.log(isRemovalFailure(error), error.kind) }`
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', brands], {
      cwd: project,
    })
    expect(stdout).toBe('true InvalidRequest\n')
  })
})

/** Node 10's way of finding files, and `require`: the package has modules alone. */
function isOfCommonJs(problem: object): boolean {
  if ('kind' in problem && problem.kind === 'CJSResolvesToESM') return true
  const resolution = 'resolutionKind' in problem ? problem.resolutionKind : null
  return resolution === 'node10' || resolution === 'node16-cjs'
}
