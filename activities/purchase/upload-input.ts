import { RemovalFailure } from '../../domain/removal-failure.ts'
import { activity } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { openRecordOf } from '../find-record.ts'
import type { RemovalInput } from '../labels.ts'
import { transferring } from '../transferring.ts'
import { callOptions } from '../vendor-call.ts'
import { startWitnessOf } from './start-witness.ts'

export interface UploadInputInput extends RemovalInput {
  /** Upload again although one is recorded: the vendor does not say how long it keeps uploads. */
  fresh: boolean
}

/** What came of an upload. */
export interface UploadedInput {
  /** What the vendor says that it stored; null where it took a URL, or did not say. */
  sizeBytes: number | null
}

/**
 * Streams the staged input to the vendor, once: a recorded upload is used again. The URL it got stays in the
 * ledger, since everyone who knows it can read the footage (docs/vendors/removebgvideo.md §4).
 */
export function uploadInput(deps: ActivityDependencies) {
  return activity(async ({ removalId, fresh }: UploadInputInput): Promise<UploadedInput> => {
    const record = await openRecordOf(removalId, deps)
    if (record.videoUrl !== null && !fresh) return { sizeBytes: record.inputBytes }
    const key = record.inputKey ?? ''
    const stat = await deps.storage.stat(key)
    // A start needs no input any more, also one that only the storage remembers.
    if (stat === undefined && (await startWitnessOf({ removalId, purchase: 1 }, deps.storage)) !== undefined)
      return { sizeBytes: record.inputBytes }
    if (stat === undefined)
      throw new RemovalFailure(
        'PlatformUnavailable',
        `upload of ${record.source}: the staged input is gone from the storage`,
      )
    const options = callOptions(removalId, deps)
    const body = await deps.storage.read(key, options.signal === undefined ? {} : { signal: options.signal })
    const uploading = transferring(stat.sizeBytes, ({ onProgress }) =>
      deps.vendor.current.upload(
        {
          body,
          sizeBytes: stat.sizeBytes,
          fileName: record.source,
          contentType: record.inputContentType ?? 'video/mp4',
          onProgress,
        },
        options,
      ),
    )
    // A call that is not made, its circuit open or its connection refused, leaves the input open.
    const uploaded = await uploading.finally(() => body.destroy())
    deps.metrics.count('matteflow_moved_bytes', { direction: 'up' }, stat.sizeBytes)
    await deps.ledger.removals.recordVideoUrl(removalId, uploaded.videoUrl)
    return stat
  }, deps)
}
