import { Context, log } from '@temporalio/activity'
import type { VendorJobRecord } from '../../adapters/ledger/vendor-job-records.ts'
import { verifyOutput } from '../../adapters/media/output/verify-output.ts'
import { downloadToFile } from '../../adapters/transfer/download-to-file.ts'
import { removePartialFile } from '../../adapters/transfer/partial-file.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { FORMAT_FILES } from '../../domain/request-values.ts'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { PurchasedJob } from '../find-record.ts'
import { vendorJobRecordOf } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import { transferring } from '../transferring.ts'
import { copyKeptOutput } from './copy-kept-output.ts'
import { outputUrls } from './output-urls.ts'
import { partFileOf } from './part-file.ts'

export interface RetrieveOutputInput extends RemovalInput, PurchasedJob {
  wantsAlpha: boolean
  /** Of the input, or of the preview that was asked; null where unknown. */
  durationSeconds: number | null
}

/** A verified output in our storage. */
export interface RetrievedOutput {
  location: string
  bytes: number
  sha256: string
  durationSeconds: number | null
  hasAlpha: boolean
}

/** An output is larger than its input when it carries alpha losslessly (ProRes, PNG); beyond this it is not ours. */
const MAX_OUTPUT_BYTES = 50_000_000_000

/**
 * Collects what was bought: a fresh URL by GET, a resumable download to a temporary file, verification of the
 * complete file, then its place in storage. Fails as `OutputExpired` after every way to a URL, and as
 * `OutputInvalid` when two complete fetches were not what was bought; the refused bytes are kept.
 */
export function retrieveOutput(deps: ActivityDependencies) {
  return activity(async (input: RetrieveOutputInput): Promise<RetrievedOutput> => {
    const job = await vendorJobRecordOf(input, deps)
    const path = partFileOf(input, deps)
    try {
      const output = await transferring(null, (onProgress) =>
        fetchVerified({ input, job, path, onProgress }, deps),
      )
      await deps.ledger.vendorJobs.markCollected(input)
      log.info('output retrieved and verified', { vendorJobId: job.vendorJobId, bytes: output.bytes })
      return output
    } catch (error) {
      // A cancelled retrieval is not resumed; after any other failure the next attempt goes on from these bytes.
      if (Context.current().cancellationSignal.aborted) await removePartialFile(path)
      throw error
    }
  }, deps)
}

interface Fetch {
  input: RetrieveOutputInput
  job: VendorJobRecord
  path: string
  onProgress: (bytes: number) => void
}

async function fetchVerified(fetch: Fetch, deps: ActivityDependencies): Promise<RetrievedOutput> {
  const { input, job, path } = fetch
  const format = job.outputFormat as OutputFormat
  const expected = {
    outputFormat: format,
    wantsAlpha: input.wantsAlpha,
    durationSeconds: input.durationSeconds,
  }
  const key = `outputs/${input.removalId}/${input.purchase}/cutout.${FORMAT_FILES[format].extension}`
  const { cancellationSignal: signal } = Context.current()
  const kept = await copyKeptOutput(key, path, deps.storage, signal)
  for (let fetches = 1; ; fetches += 1) {
    const file = (fetches === 1 ? kept : null) ?? (await fetchByAnyUrl(fetch, deps))
    try {
      const verified = await verifyOutput(path, expected, { signal })
      await deps.storage.adopt(key, path, { contentType: FORMAT_FILES[format].contentType, signal })
      await removePartialFile(path)
      return {
        location: deps.storage.location(key),
        bytes: file.sizeBytes,
        sha256: file.sha256,
        durationSeconds: verified.durationSeconds,
        hasAlpha: verified.hasAlpha,
      }
    } catch (error) {
      if (!isRemovalFailure(error) || error.kind !== 'OutputInvalid') throw error
      if (fetches === 2) throw await refused(error, job, path, deps)
      await removePartialFile(path)
    }
  }
}

async function fetchByAnyUrl({ job, path, onProgress }: Fetch, deps: ActivityDependencies) {
  const { cancellationSignal: signal } = Context.current()
  let lastExpired: unknown
  for await (const url of outputUrls(job, deps)) {
    try {
      return await downloadToFile(url, path, {
        rules: deps.hosts.output,
        maxBytes: MAX_OUTPUT_BYTES,
        signal,
        onProgress,
      })
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

async function refused(
  error: RemovalFailure,
  job: VendorJobRecord,
  path: string,
  { storage }: ActivityDependencies,
): Promise<RemovalFailure> {
  const key = `refused/${job.removalId}/${job.purchase}/${job.vendorJobId.replaceAll(/[^A-Za-z0-9_-]/g, '_')}.bin`
  await storage.adopt(key, path)
  await removePartialFile(path)
  return new RemovalFailure('OutputInvalid', error.message, {
    vendorJobId: job.vendorJobId,
    requestId: job.requestIds.at(-1) ?? null,
    hint: `The refused file is kept as ${storage.location(key)}: send the vendor the job id, or try another model or format.`,
    cause: error,
  })
}
