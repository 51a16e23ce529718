import type { Route } from './faults/fault.ts'
import type { Site } from './http/site.ts'
import { billedMillicredits } from './state/billing.ts'
import { jobPhase } from './state/job-phase.ts'
import type { Model, OutputFormat, VendorJob } from './state/vendor-job.ts'
import { inputName } from './state/vendor-state.ts'

/** What the vendor did and billed so far, over all keys. */
export type SandboxReport = {
  /** Files that were taken. */
  uploads: number
  /** Jobs that were created, started or not. */
  drafts: number
  /** Jobs that were never started. */
  orphanDrafts: number
  /** Accepted starts, repeated ones included. */
  startsAccepted: number
  /** Accepted starts that were billed: what the customer bought. */
  jobsBought: number
  /** Jobs that have an output. */
  jobsCompleted: number
  /** Jobs that ended without one. */
  jobsFailed: number
  /** The whole bill. */
  creditsBilledMillicredits: number
  /** Ids of the jobs whose whole genuine output was served. */
  outputsDownloaded: string[]
  /** Every job, the first one first. */
  jobs: ReportedJob[]
  /** Whether the model that knows people is there; without it all is cut out by a screen or by what moves. */
  knowsPeople: boolean
  /** Received requests per route, the failed ones included. */
  requests: Partial<Record<Route, number>>
}

/** One job, as the vendor sees it. */
export type ReportedJob = {
  /** The vendor's id. */
  id: string
  /** The name that the input was uploaded under; null when it came from elsewhere. */
  input: string | null
  /** Tells keys apart without showing them. */
  keyFingerprint: string
  /** The model that it was created with. */
  model: Model
  /** The format that it was created with. */
  outputFormat: OutputFormat
  /** Where it stands, whatever its status shows. */
  status: 'draft' | 'processing' | 'completed' | 'failed'
  /** Accepted starts, and those of them that are billed. */
  starts: number
  /** Accepted starts that are billed. */
  purchases: number
  /** Whether the whole genuine output was served. */
  collected: boolean
  /** Its part of the bill. */
  billedMillicredits: number
  /** The billed length. */
  durationSeconds: number | null
  /** How often the end of the output was served. */
  downloads: number
  /** What cut it out: its screen or what moves (`key`), or the model that knows people; null before that is done. */
  renderedBy: 'key' | 'person' | null
  /** What was told to the job's `webhook_url`, event by event. */
  webhooks: NonNullable<VendorJob['webhooks']>
}

export function reportOn(site: Site): SandboxReport {
  const all = [...site.state.jobs.values()]
  const jobs = all.map((job) => ({
    id: job.id,
    input: inputName(site.state, job.videoUrl),
    keyFingerprint: job.keyFingerprint,
    model: job.settings.model,
    outputFormat: job.settings.outputFormat,
    status: jobPhase(job, site.modes).state,
    starts: job.starts,
    purchases: job.purchases,
    collected: job.collected,
    billedMillicredits: billedMillicredits(job, site.modes),
    durationSeconds: job.durationSeconds,
    downloads: job.downloads,
    renderedBy: job.renderedBy ?? null,
    webhooks: job.webhooks ?? {},
  }))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  return {
    uploads: site.state.uploads.size,
    drafts: jobs.length,
    orphanDrafts: all.filter((job) => job.startedAt === null).length,
    startsAccepted: sum(all.map((job) => job.starts)),
    jobsBought: sum(all.map((job) => job.purchases)),
    jobsCompleted: jobs.filter((job) => job.status === 'completed').length,
    jobsFailed: jobs.filter((job) => job.status === 'failed').length,
    creditsBilledMillicredits: sum(jobs.map((job) => job.billedMillicredits)),
    outputsDownloaded: all.filter((job) => job.collected).map((job) => job.id),
    jobs,
    knowsPeople: site.knowsPeople,
    requests: site.requests.counts(),
  }
}
