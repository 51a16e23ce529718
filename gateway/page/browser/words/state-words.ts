import { ruleOf } from '../../../../domain/failures.ts'
import type { RemovalDocument, RemovalState } from '../../../../domain/removal-document.ts'

const STATE_WORDS: Record<RemovalState, string> = {
  accepted: 'Waiting for its turn',
  uploading: 'Handing the video over',
  drafting: 'Preparing',
  starting: 'Starting',
  processing: 'Removing the background',
  retrieving: 'Collecting the result',
  parked: 'Needs you',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** How a removal stands, in a few words. */
export function stateWords({ state, failure, outage, deletedAt }: RemovalDocument): string {
  if (deletedAt) return `${STATE_WORDS[state]}, files deleted`
  if (state === 'parked' && failure !== null && ruleOf(failure.kind).wakes === 'time')
    return 'Waiting, wakes by itself'
  if (outage !== null && state !== 'parked') return `${STATE_WORDS[state]}, trying again`
  return STATE_WORDS[state]
}

/** What kind of mark a state gets. */
export function stateTone({
  state,
}: Pick<RemovalDocument, 'state'>): 'running' | 'good' | 'attention' | 'bad' | 'ended' {
  switch (state) {
    case 'succeeded':
      return 'good'
    case 'parked':
      return 'attention'
    case 'failed':
      return 'bad'
    case 'cancelled':
      return 'ended'
    default:
      return 'running'
  }
}
