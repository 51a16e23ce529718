import type { ParkRecord } from '../../domain/park-record.ts'
import { parkEvent } from '../../domain/webhooks/webhook-event.ts'
import { activity, patient } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { RemovalInput } from '../labels.ts'
import { announce } from '../webhooks/announce.ts'

/** A park that began, or one that ended. */
export interface RecordParkInput extends RemovalInput {
  park: Omit<ParkRecord, 'removalId' | 'project'>
}

/** It holds nothing up, so that it may outlast an outage of the ledger, which is often why a removal parks. */
const PATIENCE_MS = 86_400_000

/** Writes a park, or its end, into the ledger: who, why, and in which words. */
export function recordPark(deps: ActivityDependencies) {
  const { ledger, metrics, now } = deps
  return activity(
    async ({ removalId, labels, park }: RecordParkInput): Promise<void> => {
      const { project } = labels
      const isNew = await ledger.parks.record({ removalId, project, ...park })
      await announce(parkEvent({ removalId, project, ...park }), { ledger, now })
      if (isNew) metrics.count('matteflow_removals_parked', { kind: park.kind, project })
    },
    patient(deps, PATIENCE_MS),
  )
}
