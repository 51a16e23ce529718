import { outputKind } from '../media/output/output-kind.ts'
import { billingStatus } from '../state/billing.ts'
import { jobPhase } from '../state/job-phase.ts'
import type { VendorJob } from '../state/vendor-job.ts'
import { signedOutputPath } from './signed-url.ts'
import type { Site } from './site.ts'
import { startModesOf } from './site.ts'

type DocumentSite = Pick<Site, 'modes' | 'ownStartModes' | 'state' | 'url' | 'outputUrlTtlMs'>

/** A job as GET and the list show it; each showing of a completed one mints a fresh output URL. */
export function jobDocument(job: VendorJob, site: DocumentSite): Record<string, unknown> {
  const { modes } = site
  const { draftShownAs, startVisibleAfterMs } = startModesOf(job.videoUrl, site)
  const visible = job.startedAt !== null && Date.now() >= job.startedAt + startVisibleAfterMs
  const phase = visible ? jobPhase(job, modes) : ({ state: 'draft' } as const)
  const done = phase.state === 'completed'
  return {
    ...idOf(job, modes.idField),
    status: phase.state === 'draft' ? draftShownAs : phase.state,
    progress: done ? 100 : phase.state === 'processing' ? phase.progress : 0,
    output_url: done ? outputUrl(job, site) : null,
    error: phase.state === 'failed' ? phase.error : null,
    created_at: new Date(job.createdAt).toISOString(),
    duration_seconds: done && modes.durationReported ? job.durationSeconds : null,
    billing_status: visible ? billingStatus(job, modes) : null,
    webhook_url: job.webhookUrl,
    webhook_events: job.webhookUrl === null ? null : toldEvents(job),
  }
}

/** Shape and words are the vendor's, as far as they are known: an object, the event and `sent` or `failed`. */
function toldEvents({ webhooks = {} }: VendorJob): Record<string, string> {
  return Object.fromEntries(Object.entries(webhooks).map(([event, { state }]) => [event, state]))
}

export function idOf(job: VendorJob, field: 'id' | 'job_id'): Record<string, string> {
  return { [field]: job.id }
}

export function outputUrl(job: VendorJob, site: DocumentSite): string {
  const file = `${job.id}.${outputKind(job.settings.outputFormat).extension}`
  return `${site.url()}${signedOutputPath(file, Date.now() + site.outputUrlTtlMs, site.state.secret)}`
}
