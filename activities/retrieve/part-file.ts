import { join } from 'node:path'
import type { Purchase } from '../../adapters/ledger/rows.ts'
import type { ActivityDependencies } from '../dependencies.ts'

/** Where the output of a purchase is while it is fetched; an attempt after a failure goes on from it. */
export function partFileOf(
  { removalId, purchase }: Purchase,
  { workFolder }: Pick<ActivityDependencies, 'workFolder'>,
): string {
  return join(workFolder, `${removalId}-${purchase}.part`)
}

/** The download that a file of the work folder belongs to, with its removal; undefined for other files. */
export function partFileFrom(fileName: string): { partName: string; removalId: string } | undefined {
  const [, partName, removalId] = /^((.+)-\d+\.part)(?:\.resume)?$/.exec(fileName) ?? []
  return partName === undefined || removalId === undefined ? undefined : { partName, removalId }
}
