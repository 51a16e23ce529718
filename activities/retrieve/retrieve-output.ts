import { Context, log } from '@temporalio/activity'
import type { ExpectedOutput } from '../../adapters/media/output/verify-output.ts'
import { downloadToFile } from '../../adapters/transfer/download-to-file.ts'
import { removePartialFile } from '../../adapters/transfer/partial-file.ts'
import type { OutputWarning } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { FORMAT_FILES } from '../../domain/request-values.ts'
import { activity, isCancelAsked, lastHeartbeat } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { KnownJob, PurchasedJob } from '../find-record.ts'
import { knownJobOf } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import type { Transfer } from '../transferring.ts'
import { transferring } from '../transferring.ts'
import { copyKeptOutput } from './copy-kept-output.ts'
import { outputUrls } from './output-urls.ts'
import { partFileOf } from './part-file.ts'
import type { FetchedFile, RefusalsSoFar } from './refuse-output.ts'
import { afterRefusal, refusalsFrom, refuseOutput } from './refuse-output.ts'

export interface RetrieveOutputInput extends RemovalInput, PurchasedJob {
  /** What the end of the wait told of it. */
  job?: KnownJob | undefined
  wantsAlpha: boolean
  /** What is billed of the input; null where unknown. */
  durationSeconds: number | null
  /** Every length that the output may rightly have by the input. Earlier releases give the billed one alone. */
  inputSeconds?: number[] | undefined
  /** A doubt about the output refuses it. */
  strict?: boolean | undefined
}

/** A verified output in our storage. */
export interface RetrievedOutput {
  location: string
  bytes: number
  sha256: string
  durationSeconds: number | null
  hasAlpha: boolean
  /** Missing in what earlier releases have retrieved. */
  warnings?: OutputWarning[]
}

/** An output is larger than its input when it carries alpha losslessly (ProRes, PNG); beyond this it is not ours. */
const MAX_OUTPUT_BYTES = 50_000_000_000

/**
 * Collects what was bought: a fresh URL by GET, a resumable download to a temporary file, a verdict about the
 * complete file, then its place in storage. A doubt is delivered with a warning. A file that lacks its end is an
 * outage, and is fetched again until its budget is spent; one that is otherwise wrong is fetched once more by a fresh
 * URL. Fails as `OutputExpired` after every way to a URL, and as `OutputInvalid` when that was proven, or for a doubt
 * where the request is strict; the refused bytes are kept.
 */
export function retrieveOutput(deps: ActivityDependencies) {
  return activity(async (input: RetrieveOutputInput): Promise<RetrievedOutput> => {
    const job = await knownJobOf(input, deps)
    const path = partFileOf(input, deps)
    try {
      const output = await transferring(null, (transfer) =>
        fetchVerified({ input, job, path, transfer }, deps),
      )
      log.info('output retrieved and verified', { vendorJobId: job.vendorJobId, bytes: output.bytes })
      return output
    } catch (error) {
      // A retrieval that somebody cancelled is not resumed; after any other end, a worker's shutdown or a lost heartbeat
      // among them, the next attempt goes on from these bytes.
      if (isCancelAsked()) await removePartialFile(path)
      throw error
    }
  }, deps)
}

interface Fetch {
  input: RetrieveOutputInput
  job: KnownJob & PurchasedJob
  path: string
  transfer: Transfer
}

async function fetchVerified(fetch: Fetch, deps: ActivityDependencies): Promise<RetrievedOutput> {
  const { input, job, path, transfer } = fetch
  const { cancellationSignal: signal } = Context.current()
  const format = FORMAT_FILES[job.outputFormat as OutputFormat]
  const key = `outputs/${input.removalId}/${input.purchase}/cutout.${format.extension}`
  let refusals = refusalsFrom(lastHeartbeat())
  transfer.remember({ refusals })
  let kept = await copyKeptOutput(key, path, deps.storage, signal)
  for (;;) {
    const file = kept ?? (await fetchByAnyUrl(fetch, deps))
    const verdict = await deps.media.verify(path, expectedOf(input, job), { signal })
    if (verdict.finding !== 'wrong') {
      if (verdict.finding === 'doubt') await tellDoubts(verdict.warnings, { ...fetch, file }, deps)
      await deps.storage.adopt(key, path, { contentType: format.contentType, signal })
      deps.metrics.count('matteflow_outputs', { verdict: verdict.finding, format: job.outputFormat })
      await removePartialFile(path)
      const { durationSeconds, hasAlpha } = verdict.output
      return {
        location: deps.storage.location(key),
        bytes: file.sizeBytes,
        sha256: file.sha256,
        durationSeconds,
        hasAlpha,
        warnings: verdict.warnings,
      }
    }
    // What lay in our own storage says nothing about what the vendor has.
    if (kept === null) {
      refusals = afterRefusal(refusals, verdict, { nowMs: await deps.now(), ...deps.settings })
      transfer.remember({ refusals })
      if (refusals.next === 'give-up')
        throw await refuseOutput({ job, path, file, reason: verdict.reason, proven: true }, deps)
    }
    await removePartialFile(path)
    if (kept === null && refusals.next === 'fetch-later') throw lacksItsEnd(verdict.reason, job, refusals)
    kept = null
  }
}

function expectedOf(input: RetrieveOutputInput, job: KnownJob & PurchasedJob): ExpectedOutput {
  const billed = input.durationSeconds === null ? [] : [input.durationSeconds]
  return {
    outputFormat: job.outputFormat as OutputFormat,
    wantsAlpha: input.wantsAlpha,
    inputSeconds: input.inputSeconds ?? billed,
    vendorSeconds: job.durationSeconds,
  }
}

/** A doubt is named and delivered; where the request is strict it refuses the output, which proves nothing. */
async function tellDoubts(
  warnings: readonly OutputWarning[],
  { input, job, path, file }: Fetch & { file: FetchedFile },
  deps: ActivityDependencies,
): Promise<void> {
  const reason = warnings.map(({ message }) => message).join('; ')
  if (input.strict === true) throw await refuseOutput({ job, path, file, reason, proven: false }, deps)
  const codes = warnings.map(({ code }) => code)
  log.warn(`there is a doubt about the output: ${reason}`, { vendorJobId: job.vendorJobId, warnings: codes })
}

/** A file that lacks its end counts as an outage of the server that has it, until the budget is spent. */
function lacksItsEnd(
  reason: string,
  job: KnownJob & PurchasedJob,
  { pauseMs }: RefusalsSoFar,
): RemovalFailure {
  return new RemovalFailure('VendorUnavailable', `output: ${reason}; it is fetched again`, {
    vendorJobId: job.vendorJobId,
    requestId: job.requestIds.at(-1) ?? null,
    retryInMs: pauseMs,
  })
}

async function fetchByAnyUrl({ job, path, transfer }: Fetch, deps: ActivityDependencies) {
  const { cancellationSignal: signal } = Context.current()
  let lastExpired: unknown
  for await (const url of outputUrls(job, deps)) {
    try {
      const file = await downloadToFile(url, path, {
        rules: deps.hosts.output,
        maxBytes: MAX_OUTPUT_BYTES,
        signal,
        onProgress: transfer.onProgress,
      })
      deps.metrics.count('matteflow_moved_bytes', { direction: 'down' }, file.sizeBytes)
      return file
    } catch (error) {
      if (!isRemovalFailure(error) || error.kind !== 'OutputExpired') throw error
      lastExpired = error
    }
  }
  throw new RemovalFailure('OutputExpired', `vendor job ${job.vendorJobId}: no way to its output is left`, {
    vendorJobId: job.vendorJobId,
    requestId: job.requestIds.at(-1) ?? null,
    cause: lastExpired,
  })
}
