import type { UploadFile } from './call/multipart-body.ts'
import { performCall } from './call/perform-call.ts'
import type { CallOptions } from './call/vendor-call.ts'
import type { VendorClientOptions } from './connection.ts'
import { createConnection } from './connection.ts'
import type { Draft, DraftSettings } from './operations/create-draft.ts'
import { createDraftCall } from './operations/create-draft.ts'
import type { Download, Health, Pricing } from './operations/public.ts'
import { healthCall, legacyDownloadCall, pricingCall } from './operations/public.ts'
import type { JobPage } from './operations/read-jobs.ts'
import { getJobCall, listJobsCall } from './operations/read-jobs.ts'
import type { StartedJob, StartSettings } from './operations/start-job.ts'
import { startJobCall } from './operations/start-job.ts'
import type { Upload } from './operations/upload.ts'
import { uploadCall } from './operations/upload.ts'
import type { UsageSummary } from './operations/usage.ts'
import { usageEventsCall, usageSummaryCall } from './operations/usage.ts'
import type { VendorJob } from './vendor-job.schema.ts'

export type { CallOptions }

/**
 * The vendor's HTTP API with one key. Every method makes exactly one HTTP attempt within its total time and rejects
 * with a `RemovalFailure` whose facts hold what is known, `sendOutcome` among them; with the reason of the caller's
 * signal; or, for an upload, with the error of the file's own source.
 */
export interface VendorClient {
  /** The name of its key in ledger and logs. */
  readonly keyAlias: string
  /** Uploads a video, which costs nothing. */
  upload(file: UploadFile, options?: CallOptions): Promise<Upload>
  /** Creates a job that is not started, which costs nothing. */
  createDraft(settings: DraftSettings, options?: CallOptions): Promise<Draft>
  /** Starts a job: the only call that spends. */
  startJob(id: string, settings?: StartSettings, options?: CallOptions): Promise<StartedJob>
  /** How a job stands. */
  getJob(id: string, options?: CallOptions): Promise<VendorJob>
  /** A page of the jobs of this key, newest first. */
  listJobs(page?: JobPage, options?: CallOptions): Promise<VendorJob[]>
  /** What was used in so many last days. */
  usageSummary(days: number, options?: CallOptions): Promise<UsageSummary>
  /** The last charges, in the vendor's own words. */
  usageEvents(limit: number, options?: CallOptions): Promise<Record<string, unknown>[]>
  /** The prices of all models. */
  pricing(options?: CallOptions): Promise<Pricing>
  /** Whether the vendor says that it works. */
  health(options?: CallOptions): Promise<Health>
  /** Where the output of a job is, by an older way. */
  legacyDownload(id: string, options?: CallOptions): Promise<Download>
  /** Ends the client's own connections, calls in flight included; a dispatcher that was given stays open. */
  close(): Promise<void>
}

/** A client for the vendor's API. Throws `InvalidRequest` for a key that no header can carry. */
export function createVendorClient(options: VendorClientOptions): VendorClient {
  const connection = createConnection(options)
  return {
    keyAlias: options.keyAlias,
    upload: async (file, call) => performCall(connection, uploadCall(file), call),
    createDraft: async (settings, call) => performCall(connection, createDraftCall(settings), call),
    startJob: async (id, settings = {}, call = {}) =>
      performCall(connection, startJobCall(id, settings), call),
    getJob: async (id, call) => performCall(connection, getJobCall(id), call),
    listJobs: async (page = {}, call = {}) => performCall(connection, listJobsCall(page), call),
    usageSummary: async (days, call) => performCall(connection, usageSummaryCall(days), call),
    usageEvents: async (limit, call) => performCall(connection, usageEventsCall(limit), call),
    pricing: async (call) => performCall(connection, pricingCall(), call),
    health: async (call) => performCall(connection, healthCall(), call),
    legacyDownload: async (id, call) => performCall(connection, legacyDownloadCall(id), call),
    close: connection.close,
  }
}
