import { cp, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')
const SOURCES = ['activities', 'adapters', 'cli', 'client', 'domain', 'gateway', 'local', 'sandbox']
const REST = ['scripts', 'testing', 'worker', 'workflows', 'package.json', 'tsconfig.json']
const SENTENCE = 'It tries again by itself. '

/**
 * A build of its own: these sources with another sentence in the details that the Temporal UI shows, which no history
 * holds. Its launcher is the path that is given.
 */
export async function olderBuild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-older-build-'))
  for (const name of [...SOURCES, ...REST])
    await cp(join(ROOT, name), join(folder, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const workflows = join(folder, 'workflows')
  for (const name of await readdir(workflows)) {
    const text = await readFile(join(workflows, name), 'utf8')
    if (!text.includes(SENTENCE)) continue
    await writeFile(join(workflows, name), text.replace(SENTENCE, 'It will try again by itself. '))
    return join(folder, 'cli/matteflow.js')
  }
  throw new Error(`no workflow says "${SENTENCE}" any more`)
}
