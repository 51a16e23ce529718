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
export interface Refusal {
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
  { storage, ledger }: ActivityDependencies,
): Promise<RemovalFailure> {
  const { removalId, purchase, vendorJobId, outputFormat } = job
  const { extension, contentType } = FORMAT_FILES[outputFormat as OutputFormat]
  const name = vendorJobId.replaceAll(/[^A-Za-z0-9_-]/g, '_')
  const key = `refused/${removalId}/${purchase}/${name}.${extension}`
  await storage.adopt(key, path, { contentType })
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
