import { ruleOf } from '../../domain/failures.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { KnownJob, PurchasedJob } from '../find-record.ts'
import { callOptions, clientOf } from '../vendor-call.ts'

/**
 * Every way to an output's URL, freshest first: a GET of the job, a second GET for a URL minted anew, then the
 * legacy route. The caller stops at the first that works. Source: docs/vendors/removebgvideo.md §19.26.
 */
export async function* outputUrls(
  job: KnownJob & PurchasedJob,
  deps: ActivityDependencies,
): AsyncGenerator<string> {
  const client = clientOf(job.keyAlias, deps.vendor, job.vendorJobId)
  const options = callOptions(job.removalId, deps)
  for (let fresh = 0; fresh < 2; fresh += 1) {
    const { outputUrl } = await client.getJob(job.vendorJobId, options)
    if (outputUrl !== null) yield outputUrl
  }
  try {
    yield (await client.legacyDownload(job.vendorJobId, options)).downloadUrl
  } catch (error) {
    // The legacy route is a last resort that newer keys may not have: its refusal, whatever reason it gives, leaves
    // "no way is left". The GETs before it have shown that the key works; only an outage is tried again.
    if (!isRemovalFailure(error) || isOutage(error)) throw error
  }
}

function isOutage({ kind }: RemovalFailure): boolean {
  return ruleOf(kind).retryable && kind !== 'ContractViolation'
}
