import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@temporalio/client'
import { isUnintelligible, serviceFailure } from '../../client/errors.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { historiesOf, OPEN_WORKFLOWS } from '../../worker/replay/open-histories.ts'
import type { ReplayTask } from '../../worker/replay/replay-in-processes.ts'

/** Recorded with each release, beside the sources and in the package. */
const RELEASES = ['../../test/histories', '../../../test/histories']

/** The files that were named, and those in the folders that were named; `InvalidRequest` where one is not there. */
export async function* filesOf(paths: readonly string[]): AsyncGenerator<string, void, undefined> {
  // All are looked for before the first is read, so that a name mistyped at the end costs no minutes.
  const places = await Promise.all(paths.map(async (path) => ({ path, isFolder: await isFolder(path) })))
  for (const { path, isFolder } of places) {
    if (isFolder) yield* filesIn(path)
    else yield path
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be opened: ${code}`
    throw new RemovalFailure('InvalidRequest', `${path}: ${reason}`, { cause: error })
  }
}

async function* filesIn(folder: string): AsyncGenerator<string, void, undefined> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.toSorted((left, right) => left.name.localeCompare(right.name))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(path)
    else if (/\.json(\.gz)?$/.test(entry.name)) yield path
  }
}

/** The folder of the histories that a release was recorded with; `InvalidRequest` that names those there are. */
export async function folderOfRelease(version: string): Promise<string> {
  const root = RELEASES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((place) =>
    existsSync(place),
  )
  const releases = root === undefined ? [] : (await readdir(root)).toSorted()
  if (root !== undefined && releases.includes(version)) return join(root, version)
  throw new RemovalFailure(
    'InvalidRequest',
    `--release: expected one of ${releases.join(', ') || '(none is packed with this build)'}, not ${version.slice(0, 80)}`,
  )
}

/** The histories of everything of ours that is unfinished, or of what a query of one's own finds. */
export async function* historiesIn(
  client: Client,
  query: string = OPEN_WORKFLOWS,
): AsyncGenerator<ReplayTask, void, undefined> {
  try {
    yield* historiesOf(client, client.workflow.list({ query }))
  } catch (error) {
    throw query === OPEN_WORKFLOWS ? serviceFailure(error, null) : refusedQuery(error)
  }
}

function refusedQuery(error: unknown): unknown {
  const failure = serviceFailure(error, null)
  if (!isUnintelligible(error)) return failure
  return new RemovalFailure('InvalidRequest', `--query: ${failure.message}`, {
    hint: "Write it as Temporal lists workflows: \"RemovalProject = 'acme' AND ExecutionStatus = 'Running'\".",
    cause: error,
  })
}
