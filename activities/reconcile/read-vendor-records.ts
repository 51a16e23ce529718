import type { VendorJob } from '../../adapters/removebgvideo/vendor-job.schema.ts'
import { millicreditsFromCredits } from '../../domain/pricing.ts'
import type { TheirJob } from '../../domain/reconcile/their-job.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { GuardedVendorClient } from '../breakers.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { callOptions } from '../vendor-call.ts'

/** What one key shows of itself. */
export interface KeyRecords {
  keyAlias: string
  /** By id; rows may be missing, and none of them is proof (docs/vendors/removebgvideo.md §19.21). */
  listed: Map<string, TheirJob>
  usedMillicredits: number | null
}

/** Exchanges that are about no single removal are kept under this name. */
const KEPT_UNDER = 'reconcile'
/** The largest page is undocumented (§12); offsets follow the rows that came, so that a smaller one does no harm. */
const PAGE = 100
const MOST_PAGES = 1_000
const DAY_MS = 86_400_000

/** What is asked of a key: whether its total matters, and how far back. */
interface KeyQuestion {
  keyAlias: string
  days: number
  nowMs: number
  /** Called before each call, so that a dead worker is noticed. */
  beat: () => void
}

/** Lists the jobs of a key and reads its total. Null for a key that is not configured, or that the vendor refuses. */
export async function readVendorRecords(
  question: KeyQuestion,
  deps: ActivityDependencies,
): Promise<KeyRecords | null> {
  const client = deps.vendor.byAlias(question.keyAlias)
  if (client === undefined) return null
  try {
    const listed = await listJobs(client, question, deps)
    question.beat()
    const { creditsUsed } = await client.usageSummary(question.days, callOptions(KEPT_UNDER, deps))
    const usedMillicredits = creditsUsed === null ? null : millicreditsFromCredits(creditsUsed)
    return { keyAlias: question.keyAlias, listed, usedMillicredits }
  } catch (error) {
    if (isRemovalFailure(error) && error.kind === 'CredentialsRejected') return null
    throw error
  }
}

/** A job as the comparison sees it. */
function theirJobFrom(job: VendorJob, keyAlias: string): TheirJob {
  const { id, status, state, durationSeconds, billingStatus, error, createdAt } = job
  const createdAtMs = createdAt === null ? Number.NaN : Date.parse(createdAt)
  return {
    id,
    keyAlias,
    status,
    state,
    durationSeconds,
    billingStatus,
    error,
    createdAtMs: Number.isNaN(createdAtMs) ? null : createdAtMs,
  }
}

async function listJobs(
  client: GuardedVendorClient,
  { keyAlias, days, nowMs, beat }: KeyQuestion,
  deps: ActivityDependencies,
): Promise<Map<string, TheirJob>> {
  const listed = new Map<string, TheirJob>()
  // The order is undocumented: a page that is old throughout ends the list only a day beyond the question.
  const oldestMs = nowMs - (days + 1) * DAY_MS
  for (let page = 0, offset = 0; page < MOST_PAGES; page += 1) {
    beat()
    const rows = await client.listJobs({ limit: PAGE, offset }, callOptions(KEPT_UNDER, deps))
    const jobs = rows.map((row) => theirJobFrom(row, keyAlias))
    const before = listed.size
    for (const job of jobs) listed.set(job.id, job)
    offset += rows.length
    // A vendor that ignores the offset gives the same page for ever.
    if (listed.size === before) break
    if (jobs.every(({ createdAtMs }) => createdAtMs !== null && createdAtMs < oldestMs)) break
  }
  return listed
}

/** A job, and the key that made it. */
interface JobOfKey {
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
