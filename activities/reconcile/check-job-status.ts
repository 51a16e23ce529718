import type { TheirJob } from '../../domain/reconcile/their-job.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { callOptions } from '../vendor-call.ts'
import { theirJobFrom } from './read-vendor-records.ts'

/** A job, and the key that made it. */
export interface JobOfKey {
  vendorJobId: string
  keyAlias: string
  /** Whose exchange it is; null where no purchase knows the job. */
  removalId: string | null
}

/** Asks for one job by id: null where the vendor denies it, undefined where its key cannot ask. */
export async function checkJobStatus(
  { vendorJobId, keyAlias, removalId }: JobOfKey,
  deps: ActivityDependencies,
): Promise<TheirJob | null | undefined> {
  const client = deps.vendor.byAlias(keyAlias)
  if (client === undefined) return undefined
  try {
    const job = await client.getJob(vendorJobId, callOptions(removalId ?? 'reconcile', deps))
    return theirJobFrom(job, keyAlias)
  } catch (error) {
    if (isRemovalFailure(error) && error.kind === 'JobNotVisible') return null
    if (isRemovalFailure(error) && error.kind === 'CredentialsRejected') return undefined
    throw error
  }
}
