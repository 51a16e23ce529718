import { perform } from './perform.ts'
import type { Removal } from './removal.ts'
import { admittedOf, purchasedJob } from './removal.ts'

/** The wait itself: one activity, repeated by Temporal's server until the job is where it is wanted. */
export async function checkUntil(removal: Removal, until: 'end' | 'watch' | 'move'): Promise<void> {
  const { durationSeconds, webhookExpected } = admittedOf(removal)
  await perform(
    removal,
    'checkVendorJob',
    {
      ...purchasedJob(removal),
      until,
      durationSeconds,
      webhookExpected,
      deadlineAtMs: removal.deadlineAtMs,
    },
    {
      summary: `${until === 'end' ? 'wait for' : 'watch'} vendor job ${removal.vendorJobId ?? ''}`,
      abandonable: true,
      ...(until === 'end' ? { withinMs: removal.deadlineAtMs - Date.now() } : {}),
    },
  )
}
