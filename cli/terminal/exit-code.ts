import { ruleOf } from '../../domain/failures.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'

/** The command line itself is wrong. */
export const USAGE_EXIT_CODE = 2
/** Left by Ctrl-C, as shells count it. */
export const INTERRUPTED_EXIT_CODE = 130
const UNEXPECTED_EXIT_CODE = 1

/** What a process ends with for an error; the table of failures decides (interface.md §3). */
export function exitCodeOf(error: unknown): number {
  return isRemovalFailure(error) ? ruleOf(error.kind).exitCode : UNEXPECTED_EXIT_CODE
}
