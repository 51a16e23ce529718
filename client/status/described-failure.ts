import { isFailureKind } from '../../domain/failures.ts'
import type { FailureDocument, RemovalState } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { removalIdOf } from '../../domain/removal-id.ts'
import type { ParkedMemo } from '../../workflows/messages.ts'
import { PARKED_MEMO, searchAttributes } from '../../workflows/messages.ts'
import type { DescribedRemoval } from './described-state.ts'

/** Why a removal is parked, failed or cancelled, as far as its description says; null in every other state. */
export function describedFailure(described: DescribedRemoval, state: RemovalState): FailureDocument | null {
  const id = removalIdOf(described.workflowId)
  const kind = described.typedSearchAttributes.get(searchAttributes.failure)
  switch (state) {
    case 'parked': {
      const memo = parkedMemo(described)
      if (memo === undefined)
        return new RemovalFailure(
          isFailureKind(kind) ? kind : 'Unexpected',
          `removal ${id} is parked`,
        ).toDocument()
      const { since: _since, ...failure } = memo
      return failure
    }
    case 'cancelled':
      return new RemovalFailure('Cancelled', `removal ${id} was cancelled`).toDocument()
    case 'failed':
      return endedFailure(described, id, kind).toDocument()
    default:
      return null
  }
}

/** What a parked removal left for others to read. */
export function parkedMemo({ memo }: DescribedRemoval): ParkedMemo | undefined {
  return (memo?.[PARKED_MEMO] as ParkedMemo | null | undefined) ?? undefined
}

function endedFailure({ status }: DescribedRemoval, id: string, kind: unknown): RemovalFailure {
  if (status.name === 'TERMINATED') {
    return new RemovalFailure('Unexpected', `removal ${id} was terminated by an operator`, {
      hint: LOOK_IN_THE_BOOKS,
    })
  }
  if (status.name === 'TIMED_OUT') {
    return new RemovalFailure(
      'Unexpected',
      `removal ${id} ran into a time-out of its workflow, which has none of its own`,
      { hint: LOOK_IN_THE_BOOKS },
    )
  }
  return new RemovalFailure(isFailureKind(kind) ? kind : 'Unexpected', `removal ${id} failed`)
}

const LOOK_IN_THE_BOOKS =
  'Nothing was settled: look up in the ledger what was bought, and repeat the request under a new id. Cancel removals instead of terminating them.'
