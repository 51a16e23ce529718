import type { RemovalRecord } from '../../adapters/ledger/removal-records.ts'
import type { VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'
import { hasSpent } from '../../adapters/ledger/vendor-job-records.ts'
import type { ActivityDependencies } from '../dependencies.ts'

/**
 * Posts what became of each purchase of a removal that ends: settled when the vendor job ended, released when no
 * start went out. A job that still runs, or may, keeps its reservation: `reconcile` settles it (design §3.6).
 */
export async function postCredits(
  removal: RemovalRecord,
  jobs: VendorJobRecord[],
  at: Date,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<void> {
  const { id: removalId, project } = removal
  const posting = async (purchase: number) => {
    const order = await ledger.credits.held({ removalId, purchase })
    return order === undefined ? undefined : { removalId, purchase, project, order, at }
  }
  for (
    let purchase = 1, held = await posting(1);
    held !== undefined;
    purchase += 1, held = await posting(purchase)
  ) {
    const job = jobs.find((candidate) => candidate.purchase === held?.purchase)
    if (job === undefined) await ledger.credits.release({ ...held, reason: 'no vendor job was made' })
    else if (!hasSpent(job))
      await ledger.credits.release({ ...held, reason: `vendor job ${job.vendorJobId} was not started` })
    else if (job.finalStatus !== null) {
      const chargedMillicredits = job.chargedMillicredits ?? job.estimatedMillicredits ?? 0
      await ledger.credits.settle({ ...held, chargedMillicredits, reason: chargeReason(job) })
    }
  }
}

function chargeReason(job: VendorJobRecord): string {
  const billing = job.billingStatus === null ? 'no billing status' : `billing status ${job.billingStatus}`
  const length =
    job.durationSeconds === null
      ? 'the estimate'
      : `${job.durationSeconds} s × ${job.creditsPerMinute ?? '?'} credits/min, rounded up to 1/1000`
  return `vendor job ${job.vendorJobId} ${job.finalStatus}: ${length}; ${billing}`
}
