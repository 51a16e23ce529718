import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { writeJson } from '../write-json.ts'
import type { ProcessMark } from './process-mark.ts'
import { isRunning, markProcess } from './process-mark.ts'

export interface Lock {
  release(): Promise<void>
}

/**
 * Takes a lock, a folder, for this process; null while another living process has it. A dead owner's is taken over.
 *
 * The folder holds numbered files, and the highest names the owner. Who finds nobody behind number N links N + 1,
 * which one of several can, and has the lock if that is the highest then. A file goes only while there is a higher
 * one: so the highest number never falls, and nobody can come in below a living owner.
 */
export function holdLock(path: string): Promise<Lock | null> {
  return orUnavailable(path, contend(path))
}

/** Who holds a lock; null when nobody alive does. */
export async function lockOwner(path: string): Promise<ProcessMark | null> {
  return (await orUnavailable(path, highestOf(path))).owner
}

function orUnavailable<Result>(path: string, work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw new RemovalFailure('PlatformUnavailable', `the lock ${path} cannot be used: ${String(error)}`, {
      hint: 'Make its folder readable and writable, or set MATTEFLOW_HOME to one that is.',
      cause: error,
    })
  })
}

async function contend(path: string): Promise<Lock | null> {
  await mkdir(path, { recursive: true })
  const draft = join(path, `draft-${randomUUID()}`)
  await writeFile(draft, JSON.stringify(await markProcess(process.pid)), { mode: 0o600 })
  try {
    for (;;) {
      const { number, owner } = await highestOf(path)
      if (owner !== null) return null
      const mine = number + 1
      if (!(await linked(draft, fileOf(path, mine)))) continue
      const numbers = await numbersIn(path)
      if (Math.max(...numbers) === mine) {
        const lower = numbers.filter((other) => other < mine)
        await Promise.all(lower.map((other) => rm(fileOf(path, other), { force: true })))
        return { release: () => writeJson(fileOf(path, mine), NOBODY) }
      }
      await rm(fileOf(path, mine), { force: true })
    }
  } finally {
    await rm(draft, { force: true })
  }
}

const NOBODY = null

/** The highest number there is, 0 where there is none, and the living process that it names. */
async function highestOf(path: string): Promise<{ number: number; owner: ProcessMark | null }> {
  for (;;) {
    const number = Math.max(0, ...(await numbersIn(path)))
    if (number === 0) return { number, owner: null }
    const mark = await markIn(fileOf(path, number))
    if (mark !== undefined) return { number, owner: mark !== null && (await isRunning(mark)) ? mark : null }
  }
}

async function numbersIn(path: string): Promise<number[]> {
  const names = await readdir(path).catch(unlessMissing<string[]>([]))
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

/** Undefined where the file is gone, since a higher one has come. What cannot be read is not taken for nobody's. */
async function markIn(file: string): Promise<ProcessMark | null | undefined> {
  const text = await readFile(file, 'utf8').catch(unlessMissing(undefined))
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as ProcessMark | null
  } catch {
    return null
  }
}

/** A link appears with its content and never replaces. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function fileOf(path: string, number: number): string {
  return join(path, String(number))
}

function unlessMissing<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value
    throw error
  }
}
