import type { VendorJob } from '../state/vendor-job.ts'

/** The calls that the vendor makes to the `webhook_url` of a job. */
export type Webhooks = {
  /** The job was accepted and its processing began. */
  started(job: VendorJob): void
  /** The work on the job is done, well or not: its end is told when it is due. */
  rendered(job: VendorJob): void
  /** Takes up what an earlier run over the same folder has not told. */
  resume(job: VendorJob): void
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>
}
