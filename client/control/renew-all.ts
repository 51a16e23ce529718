import { WorkflowNotFoundError } from '@temporalio/client'
import type { RemovalDocument, RemovalState } from '../../domain/removal-document.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import { RENEW } from '../../workflows/messages.ts'
import { askTemporal } from '../ask-temporal.ts'
import type { RenewAllOptions, Renewal } from '../removals.ts'
import { listRemovals } from '../status/list-removals.ts'
import type { Surroundings } from '../surroundings.ts'
import { goOver } from './go-over.ts'

const RATE_PER_SECOND = 5
/** What lasts: every other state passes by itself, and is over sooner than anybody waits for it. */
const SLEEPING: readonly RemovalState[] = ['parked', 'processing']

/** Asks what sleeps when it is called to go on in a new run, parked ones first. */
export async function renewAll(
  around: Surroundings,
  { ratePerSecond = RATE_PER_SECOND, isDryRun = false, onRenewed, signal }: RenewAllOptions = {},
): Promise<number> {
  const sleeping: RemovalDocument[] = []
  for (const state of SLEEPING)
    for await (const document of listRemovals(around, { state })) sleeping.push(document)
  let woken = 0
  // One after the other: each is given time to begin anew before the next one is asked.
  const how = { ratePerSecond: isDryRun ? null : ratePerSecond, width: 1, signal }
  await goOver(sleeping, how, async ({ id, project, state, parkedSince }) => {
    const outcome: Renewal['outcome'] = isDryRun ? 'asleep' : await renew(around, id)
    if (outcome !== 'gone') woken += 1
    onRenewed?.({ id, project, state, parkedSince, outcome })
  })
  return woken
}

async function renew({ client }: Surroundings, id: string): Promise<'woken' | 'gone'> {
  try {
    await askTemporal(client, () => client.workflow.getHandle(workflowIdOf(id)).signal(RENEW))
    return 'woken'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone'
    throw error
  }
}
