import { join } from 'node:path'
import type { Purchase } from '../../adapters/ledger/vendor-job-records.ts'
import type { ActivityDependencies } from '../dependencies.ts'

/** Where the output of a purchase is while it is fetched; an attempt after a failure goes on from it. */
export function partFileOf(
  { removalId, purchase }: Purchase,
  { workFolder }: Pick<ActivityDependencies, 'workFolder'>,
): string {
  return join(workFolder, `${removalId}-${purchase}.part`)
}
