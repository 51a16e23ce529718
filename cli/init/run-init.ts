import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { ownPackage } from './own-package.ts'

export interface InitFlags {
  json?: boolean
}

/** Writes the example of the package into an empty folder, as a service that depends on the same matteflow. */
export async function runInit(
  terminal: Terminal,
  folder = '.',
  { json = false }: InitFlags = {},
): Promise<number> {
  const target = resolve(folder)
  const { root, specifierFrom } = await ownPackage()
  await makeEmpty(target)
  const example = join(root, 'examples/service')
  // In a checkout somebody may have installed the example itself.
  const isSource = (path: string) => !path.startsWith(join(example, 'node_modules'))
  await cp(example, target, { recursive: true, filter: isSource })
  const manifest = JSON.parse(await readFile(join(target, 'package.json'), 'utf8')) as Manifest
  manifest.name = packageName(target) ?? manifest.name
  manifest.dependencies['matteflow'] = specifierFrom(target)
  await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await writeFile(join(target, '.gitignore'), 'node_modules/\n')

  const entries = await readdir(target, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(target, join(parentPath, name)))
    .toSorted()
  const way = relative(process.cwd(), target)
  const next = [...(way === '' ? [] : [`cd ${quoted(way)}`]), 'npm install', 'npm test', 'npm run dev']
  if (json) terminal.json({ folder: target, files, matteflow: manifest.dependencies['matteflow'], next })
  else
    terminal.result(
      [
        `A service with removals is in ${target}. Next, with no account and no server:`,
        ...next.map((command) => `  ${command}`),
        'README.md there says what is where, and how to run it for real.',
      ].join('\n'),
    )
  return 0
}

interface Manifest {
  name: string
  dependencies: Record<string, string>
}

/** What git keeps may be there already; everything else is somebody's work. */
async function makeEmpty(folder: string): Promise<void> {
  let found: string[]
  try {
    await mkdir(folder, { recursive: true })
    found = (await readdir(folder)).filter((name) => name !== '.git')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw refused(
      `${folder} cannot be a folder here (${code})`,
      'Name a folder that you may write: npx matteflow init video-service',
      error,
    )
  }
  const [first] = found
  if (first !== undefined)
    throw refused(
      `${folder} is not empty: it has ${first}${found.length > 1 ? ` and ${found.length - 1} more` : ''}`,
      'Nothing is written over. Name a new folder: npx matteflow init video-service',
    )
}

function refused(message: string, hint: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `init: ${message}`, { hint, cause })
}

/** The folder's own name, where npm takes it for that of a package. */
function packageName(folder: string): string | undefined {
  const name = basename(folder).toLowerCase()
  return /^[a-z0-9][a-z0-9._-]{0,200}$/.test(name) && name !== 'matteflow' ? name : undefined
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
