import { removePartialFile } from '../../adapters/transfer/partial-file.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { FORMAT_FILES } from '../../domain/request-values.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { KnownJob, PurchasedJob } from '../find-record.ts'

/** A fetched file's measures. */
export interface FetchedFile {
  sizeBytes: number
  sha256: string
}

/** An output that is not delivered, and why. */
interface Refusal {
  job: KnownJob & PurchasedJob
  path: string
  file: FetchedFile
  reason: string
  /** Whether the file proves that it is not what was bought: only then may a fallback buy again. */
  proven: boolean
}

/** Keeps the bytes of a refused output, which were paid for, and gives the failure that says where they are. */
export async function refuseOutput(
  { job, path, file, reason, proven }: Refusal,
  { storage, ledger, metrics }: ActivityDependencies,
): Promise<RemovalFailure> {
  const { removalId, purchase, vendorJobId, outputFormat } = job
  const { extension, contentType } = FORMAT_FILES[outputFormat as OutputFormat]
  const name = vendorJobId.replaceAll(/[^A-Za-z0-9_-]/g, '_')
  const key = `refused/${removalId}/${purchase}/${name}.${extension}`
  await storage.adopt(key, path, { contentType })
  metrics.count('matteflow_outputs', { verdict: 'refused', format: outputFormat })
  const location = storage.location(key)
  await ledger.vendorJobs.recordRefused(
    { removalId, purchase },
    { location, bytes: file.sizeBytes, sha256: file.sha256 },
  )
  await removePartialFile(path)
  return new RemovalFailure('OutputInvalid', `output: ${reason}`, {
    vendorJobId,
    requestId: job.requestIds.at(-1) ?? null,
    proven,
    hint: `${proven ? '' : 'The request is strict, so that a doubt refuses the output. '}The refused file is kept as ${location}; to save it: \`matteflow watch ${removalId} --refused --out refused.${extension}\`. ${proven ? 'Send the vendor the job id, or try another model or format.' : 'Without strict it would be delivered with a warning.'}`,
  })
}

/** What came of the fetches of one output so far; kept in the heartbeat, where the next attempt finds it. */
export interface RefusalsSoFar {
  /** Whole files that were not what was bought. */
  wrong: number
  /** Files that lacked their end. */
  incomplete: number
  /** Epoch milliseconds of the first file that lacked its end. */
  incompleteSince: number | null
  /** How long to wait before the next fetch, where that comes later. */
  pauseMs: number
  next: 'fetch-now' | 'fetch-later' | 'give-up'
}

/** A whole file that is wrong is fetched once more, by a fresh URL. */
const WRONG_PROVEN = 2
/** Of slow transfers two alone may outlast the budget, and prove nothing: there are at least so many. */
const LEAST_INCOMPLETE = 3
/** Of the outage budget: the first pause; each later one is twice as long, up to a fifth of the budget. */
const FIRST_PAUSE = 1 / 300
const LONGEST_PAUSE = 1 / 5

const NONE: RefusalsSoFar = {
  wrong: 0,
  incomplete: 0,
  incompleteSince: null,
  pauseMs: 0,
  next: 'fetch-now',
}

/** What earlier attempts have left in the heartbeat. */
export function refusalsFrom(heartbeatDetails: unknown): RefusalsSoFar {
  const { refusals } = (heartbeatDetails ?? {}) as { refusals?: RefusalsSoFar }
  return { ...NONE, ...refusals }
}

/**
 * What to do after one more file was refused. One that lacks its end is fetched again, with growing pauses, until the
 * outage budget is spent: a host that is failing may cut every transfer short and end it properly. Everything else is
 * proven by a second file.
 */
export function afterRefusal(
  before: RefusalsSoFar,
  { incomplete }: { incomplete: boolean },
  { nowMs, outageBudgetMs }: { nowMs: number; outageBudgetMs: number },
): RefusalsSoFar {
  if (!incomplete) {
    const wrong = before.wrong + 1
    return { ...before, wrong, next: wrong >= WRONG_PROVEN ? 'give-up' : 'fetch-now' }
  }
  const since = before.incompleteSince ?? nowMs
  const leftMs = since + outageBudgetMs - nowMs
  const pauseMs = outageBudgetMs * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(before.incomplete, 10))
  return {
    ...before,
    incomplete: before.incomplete + 1,
    incompleteSince: since,
    pauseMs: Math.max(1, Math.round(Math.min(pauseMs, leftMs))),
    // The first one may be a stray connection.
    next:
      before.incomplete === 0
        ? 'fetch-now'
        : leftMs <= 0 && before.incomplete + 1 >= LEAST_INCOMPLETE
          ? 'give-up'
          : 'fetch-later',
  }
}
