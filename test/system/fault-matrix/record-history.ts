import { workflowIdOf } from '../../../domain/removal-id.ts'
import { keepHistory } from '../../replay/support/keep-history.ts'
import { machineWords } from '../../replay/support/machine-words.ts'
import type { Outcome } from './outcome.ts'
import type { Stack } from './stack.ts'

/** Set by `npm run record-histories`: the folder that gets one history for each way in which a removal went. */
const FOLDER = process.env['RECORD_HISTORIES']

/** The shortest of each way so far, in events. */
const kept = new Map<string, number>()

/** Keeps the history of a scenario, if histories are being recorded and none that went the same way is shorter. */
export async function recordHistory(stack: Stack, removalId: string, outcome: Outcome): Promise<void> {
  if (FOLDER === undefined) return
  const history = await stack.client.workflow.getHandle(workflowIdOf(removalId)).fetchHistory()
  const length = history.events?.length ?? 0
  const way = wayOf(outcome)
  if ((kept.get(way) ?? Number.POSITIVE_INFINITY) <= length) return
  kept.set(way, length)
  const vendorUrls = [stack.sandbox.url, ...(stack.gate === null ? [] : [stack.gate.url])]
  await keepHistory(way, history, machineWords({ folder: stack.folder, vendorUrls }), FOLDER)
}

/** How it ended and what it was parked for: `succeeded-after-RateLimited` for instance. */
function wayOf({ state, kind, parkedFor }: Outcome): string {
  const parks = [...new Set(parkedFor)].toSorted()
  return [state, ...(kind === null ? [] : [kind]), ...(parks.length === 0 ? [] : ['after', ...parks])].join(
    '-',
  )
}
