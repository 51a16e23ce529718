import type { FailureKind } from '../../../domain/failures.ts'
import { workflowIdOf } from '../../../domain/removal-id.ts'
import type { Plant } from '../plant/plant.ts'
import type { Case } from './case.ts'

/** Whether the last attempt of a removal's step failed so, or the removal is parked for it. */
export async function hasMet(plant: Plant, { id }: Case, kind: FailureKind): Promise<boolean> {
  const { raw } = await plant.client.workflow.getHandle(workflowIdOf(id)).describe()
  const lastFailures = raw.pendingActivities?.map(
    ({ lastFailure }) => lastFailure?.applicationFailureInfo?.type,
  )
  if (lastFailures?.includes(kind)) return true
  const { state, failure } = await plant.removals.status(id)
  return state === 'parked' && failure?.kind === kind
}
