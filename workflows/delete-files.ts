import type { ExpiryReport } from '../activities/delete/delete-expired.ts'
import type { DeletedRemoval, DeleteRemovalInput } from '../activities/delete/delete-removal.ts'
import { DEFAULT_POLICY_SETTINGS } from '../domain/policies.ts'
import { asThrowable, deletionUnder, stepFailureFrom } from './activities.ts'
import { requireText } from './read-arguments.ts'

const { deleteRemoval: removeOne, deleteExpired: removeOld } = deletionUnder(DEFAULT_POLICY_SETTINGS)

/**
 * Deletes what the storage keeps of one removal. Workflow id `deletion/<removalId>`.
 *
 * @returns when it was deleted, also where that was long ago; fails as `InvalidRequest` for one that is not finished
 */
export async function deleteRemoval(input: DeleteRemovalInput): Promise<DeletedRemoval> {
  requireText(input, 'removalId')
  return withItsKind(removeOne(input, { summary: `delete the files of ${input.removalId}` }))
}

/** Deletes the files of all removals that are older than files are kept; a schedule starts it again and again. */
export function deleteExpired(): Promise<ExpiryReport> {
  return withItsKind(removeOld(undefined, { summary: 'delete what is older than files are kept' }))
}

/** A failure of the activity is the workflow's own. */
async function withItsKind<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    const failure = stepFailureFrom(error)?.failure
    throw failure === undefined ? error : asThrowable(failure)
  }
}
