import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { jsonFromHistory } from '../../../worker/replay/history-json.ts'
import type { Replacements } from './scrub-history.ts'
import { scrubHistory } from './scrub-history.ts'

/** One folder a release; what will be the next one is recorded into the last. */
export const HISTORIES = resolve(import.meta.dirname, '../../histories')
export const UNRELEASED = join(HISTORIES, 'unreleased')

/** Writes a history, without a word about this machine, under a name of its own. */
export async function keepHistory(
  name: string,
  history: History,
  words: Replacements,
  folder = UNRELEASED,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.json.gz`)
  const packed = await promisify(gzip)(
    scrubHistory(JSON.stringify(jsonFromHistory(history), null, 2), words),
    { level: 9 },
  )
  await writeFile(`${path}.part`, packed)
  await rename(`${path}.part`, path)
}

/** Every history that is kept, by the folder of its release. */
export async function keptHistories(): Promise<Record<string, string[]>> {
  const releases = await readdir(HISTORIES)
  const kept = await Promise.all(
    releases.map(async (release) => [release, (await readdir(join(HISTORIES, release))).toSorted()] as const),
  )
  return Object.fromEntries(kept)
}
