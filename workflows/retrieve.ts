import type { RetrievedOutput } from '../activities/retrieve/retrieve-output.ts'
import { wantsAlpha } from '../domain/request-values.ts'
import { perform } from './perform.ts'
import type { Removal } from './removal.ts'
import { admittedOf, orderOf, purchasedJob } from './removal.ts'
import { runStep } from './run-step.ts'

/** Collects and verifies what was bought. The deadline does not end it: what is paid for is fetched. */
export async function retrieve(removal: Removal): Promise<RetrievedOutput> {
  const admitted = admittedOf(removal)
  return runStep(removal, 'retrieving', () =>
    perform(
      removal,
      'retrieveOutput',
      {
        ...purchasedJob(removal),
        wantsAlpha: wantsAlpha(admitted.requested),
        durationSeconds: admitted.durationSeconds,
        inputSeconds: admitted.inputSeconds,
        strict: admitted.strict,
      },
      { summary: `retrieve and verify the ${orderOf(removal).outputFormat}` },
    ),
  )
}
