import { priceMillicredits } from '../state/billing.ts'
import { recordLength } from '../state/record-length.ts'
import type { JobSettings, VendorJob } from '../state/vendor-job.ts'
import type { Site } from './site.ts'
import { startModesOf, uploadPath } from './site.ts'
import { VendorError } from './vendor-error.ts'

/** Starts a draft, and bills it as far as its length is known. Refuses when the credits don't suffice. */
export async function acceptStart(job: VendorJob, settings: JobSettings, site: Site): Promise<void> {
  const inputSeconds = await lengthOf(job, site)
  // Another start of the same job may have come in while this one measured.
  if (job.startedAt !== null) return acceptAgain(job, site)
  requireCredits(settings, inputSeconds, site)
  job.settings = settings
  job.startedAt = Date.now()
  job.starts = 1
  job.purchases = 1
  if (inputSeconds !== null) recordLength(job, inputSeconds, site.speed)
  site.state.save(job)
  site.webhooks.started(job)
  site.renderings.begin(job)
}

/** A start of a job that was started before. */
export function acceptAgain(job: VendorJob, site: Site): void {
  const { repeatedStart } = startModesOf(job.videoUrl, site)
  if (repeatedStart === 'conflict') throw new VendorError(409, 'conflict', 'Job already started')
  if (repeatedStart === 'bills') requireCredits(job.settings, job.durationSeconds, site)
  job.starts += 1
  if (repeatedStart === 'bills') job.purchases += 1
  site.state.save(job)
}

/** An unknown length must at least find something to spend. */
export function requireCredits(settings: JobSettings, inputSeconds: number | null, site: Site): void {
  const balance = site.state.balance()
  if (balance === null) return
  const seconds = Math.min(inputSeconds ?? 0, settings.previewSeconds ?? Number.POSITIVE_INFINITY)
  const price = Math.max(1, priceMillicredits(settings.model, seconds))
  if (balance >= price) return
  throw new VendorError(
    site.modes.insufficientCreditsStatus,
    'insufficient_credits',
    'Not enough credits for this video',
  )
}

/** Seconds of an uploaded video, measured once; null for external ones, which are fetched only later. */
export async function lengthOf(job: Pick<VendorJob, 'videoUrl'>, site: Site): Promise<number | null> {
  const path = uploadPath(site, job.videoUrl)
  if (path === undefined) return null
  const upload = site.state.uploads.get(path.split('/').at(-1) ?? '')
  if (upload === undefined || upload.durationSeconds !== null) return upload?.durationSeconds ?? null
  upload.durationSeconds = await site.renderings.measure(path)
  if (upload.durationSeconds !== null) site.state.saveUpload(upload)
  return upload.durationSeconds
}
