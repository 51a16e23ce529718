import { randomUUID } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { FORMAT_FILES } from '../../domain/request-values.ts'

/** Where an output that was named is to be saved; refuses with `InvalidRequest` what cannot be written. */
export async function checkedTarget(out: string, inputPath?: string): Promise<string> {
  const path = resolve(out)
  if (path === inputPath) throw refused(`${out} is the input; expected another file`)
  const there = await stat(path).catch(() => null)
  if (there?.isDirectory() || /[/\\]$/.test(out)) throw refused(`${out} is a folder; expected a file`)
  await takesFiles(dirname(path), `the folder ${dirname(path)}`)
  if (there !== null) await writable(path, out)
  return path
}

/** Where an output goes that was not named: here, beside what is here already. */
export async function defaultTarget(sourceName: string, format: OutputFormat): Promise<string> {
  const name = basename(sourceName, extname(sourceName)) || 'video'
  await takesFiles(resolve('.'), 'the current folder')
  for (let number = 1; ; number += 1) {
    const tail = number === 1 ? '' : `-${number}`
    const path = join(resolve('.'), `${name}.cutout${tail}.${FORMAT_FILES[format].extension}`)
    if ((await stat(path).catch(() => null)) === null) return path
  }
}

/** Only trying tells: permissions say nothing of a full, a read-only or a special file system. */
async function takesFiles(folder: string, name: string): Promise<void> {
  const probe = join(folder, `.${randomUUID()}.part`)
  try {
    await writeFile(probe, 'probe')
  } catch (error) {
    throw refused(`${name} ${reasonOf(error as NodeJS.ErrnoException, folder)}`, error)
  } finally {
    await rm(probe, { force: true }).catch(() => {})
  }
}

function reasonOf({ code }: NodeJS.ErrnoException, folder: string): string {
  return code === 'ENOENT' && !existsSync(folder) ? 'does not exist' : `cannot be written (${code})`
}

async function writable(path: string, name: string): Promise<void> {
  await access(path, constants.W_OK).catch((error: unknown) => {
    throw refused(`${name} cannot be written`, error)
  })
}

function refused(message: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `--out: ${message}`, {
    hint: 'Name a file in a folder that exists and can be written; nothing was bought.',
    cause,
  })
}
