import type { Client } from '@temporalio/client'
import type { ActivityDependencies } from '../../activities/index.ts'
import type { ReplayedOpen } from '../../domain/readiness.ts'
import type { RunId } from './open-histories.ts'
import { historiesOf, OPEN_WORKFLOWS } from './open-histories.ts'
import { replayInProcesses } from './replay-in-processes.ts'
import type { ReplayedHistory } from './replayed-history.ts'

/** Of more than these a sample is taken that begins with the newest: each costs a row of a list. */
const MOST_LISTED = 10_000
/** A sample that is judged in a minute or two; `matteflow replay --open` replays all of them. */
const MOST_REPLAYED = 200
/** The worker goes on with its removals meanwhile. */
const WIDTH = 1

/** Replays unfinished histories of a namespace with the workflow code of this build, beside what the worker does. */
export function replayOpenOf(client: Client): NonNullable<ActivityDependencies['replayOpen']> {
  return async ({ signal, onReplayed }) => {
    const runs: RunId[] = []
    for await (const { workflowId, runId } of client.workflow.list({ query: OPEN_WORKFLOWS })) {
      signal.throwIfAborted()
      runs.push({ workflowId, runId })
      if (runs.length === MOST_LISTED) break
    }
    const found: ReplayedOpen = { open: runs.length, replays: 0, diverges: 0, unreadable: 0, first: null }
    const chosen = evenly(runs, MOST_REPLAYED)
    onReplayed(0)
    for await (const replayed of replayInProcesses(historiesOf(client, chosen), { width: WIDTH })) {
      signal.throwIfAborted()
      const isWorse = replayed.outcome === 'diverges' ? found.diverges === 0 : found.first === null
      if (replayed.outcome !== 'replays' && isWorse) found.first = sentenceOf(replayed)
      found[replayed.outcome] += 1
      onReplayed(found.replays + found.diverges + found.unreadable)
    }
    return found
  }
}

/** So many of the items at most, spread over all of them: what is old breaks first, and what is new is most. */
function evenly<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]).filter(
    (item) => item !== undefined,
  )
}

function sentenceOf({ name, failure, divergence }: ReplayedHistory): string {
  if (divergence === null) return failure ?? name
  const { eventId, event, file } = divergence
  return `${name} at event ${eventId} (${event}), ${file}`
}
