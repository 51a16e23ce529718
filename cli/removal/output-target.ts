import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { existsSync } from 'node:fs'
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { SavedAt } from '../../client/output/save-output.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { FORMAT_FILES } from '../../domain/request-values.ts'

/** Where an output goes. Every target was written to once, so that its name and its folder are known to work. */
export type OutputTarget = SavedAt

/** An output that was named; refuses with `InvalidRequest` what cannot be written. */
export async function namedTarget(out: string, inputPath?: string): Promise<OutputTarget> {
  const named = resolve(out)
  const there = await stat(named).catch(() => null)
  if (there !== null && (await isSameFile(there, inputPath)))
    throw refused(`${out} is the input; expected another file`)
  if (there?.isDirectory() || /[/\\]$/.test(out)) throw refused(`${out} is a folder; expected a file`)
  if (there !== null && !there.isFile()) throw refused(`${out} is not a file; expected a file`)
  // A link is followed, so that the file it names is replaced and not the link.
  const path = there === null ? named : await realpath(named)
  const folder = dirname(path)
  await takesFile(join(folder, `.${randomUUID()}.part`), `the folder ${folder}`)
  if (there === null) await takesFile(path, out)
  else await takesChanges(path, out)
  return {
    path,
    async take(finished) {
      await rename(finished, path)
      return path
    },
  }
}

/** An output that was not named: here, beside what is here already, which is never replaced. */
export async function defaultTarget(sourceName: string, format: OutputFormat): Promise<OutputTarget> {
  const folder = resolve('.')
  await takesFile(join(folder, `.${randomUUID()}.part`), 'the current folder')
  const names = namesFor(basename(sourceName, extname(sourceName)), FORMAT_FILES[format].extension)
  const path = await firstFree(folder, names)
  await rm(path)
  return {
    path,
    async take(finished) {
      // Another removal may have finished meanwhile: the name is claimed at the moment it is used.
      const claimed = await firstFree(folder, names)
      try {
        await rename(finished, claimed)
      } catch (error) {
        await rm(claimed, { force: true })
        throw error
      }
      return claimed
    },
  }
}

type Names = (number: number, mostBytes: number) => string

/** Names of files are so long at most; some file systems that encrypt them take fewer bytes. */
const MOST_NAME_BYTES = [255, 143, 64] as const

function namesFor(stem: string, extension: string): Names {
  const plain = stem.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '_') || 'video'
  return (number, mostBytes) => {
    const tail = `.cutout${number === 1 ? '' : `-${number}`}.${extension}`
    return shortened(plain, mostBytes - Buffer.byteLength(tail)) + tail
  }
}

/** As many whole characters as fit into so many bytes. */
function shortened(text: string, mostBytes: number): string {
  let short = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (Buffer.byteLength(short + segment) > mostBytes) break
    short += segment
  }
  return short
}

/** Creates an empty file under the first name that nothing has; only one of many at the same time gets it. */
async function firstFree(folder: string, names: Names): Promise<string> {
  let lengths: readonly number[] = MOST_NAME_BYTES
  for (let number = 1; ; ) {
    const path = join(folder, names(number, lengths[0] ?? 0))
    try {
      await writeFile(path, '', { flag: 'wx' })
      return path
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') number += 1
      else if (code === 'ENAMETOOLONG' && lengths.length > 1) lengths = lengths.slice(1)
      else throw refused(`${path} cannot be written (${code})`, error)
    }
  }
}

async function isSameFile(there: Stats, inputPath: string | undefined): Promise<boolean> {
  const input = inputPath === undefined ? null : await stat(inputPath).catch(() => null)
  return input !== null && input.dev === there.dev && input.ino === there.ino
}

/** Only trying tells: permissions say nothing of a full, a read-only or a special file system, or of its names. */
async function takesFile(path: string, name: string): Promise<void> {
  try {
    await writeFile(path, 'probe', { flag: 'wx' })
  } catch (error) {
    throw refused(`${name} ${reasonOf(error as NodeJS.ErrnoException, dirname(path))}`, error)
  }
  await rm(path, { force: true })
}

async function takesChanges(path: string, name: string): Promise<void> {
  try {
    const file = await open(path, 'r+')
    await file.close()
  } catch (error) {
    throw refused(`${name} cannot be written (${(error as NodeJS.ErrnoException).code})`, error)
  }
}

function reasonOf({ code }: NodeJS.ErrnoException, folder: string): string {
  return code === 'ENOENT' && !existsSync(folder) ? 'does not exist' : `cannot be written (${code})`
}

function refused(message: string, cause?: unknown): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `--out: ${message}`, {
    hint: 'Name a file in a folder that exists and can be written.',
    cause,
  })
}
