import { randomUUID } from 'node:crypto'
import type { VendorJob } from '../../state/vendor-job.ts'
import { acceptStart, lengthOf, requireCredits } from '../accept-start.ts'
import { idOf } from '../job-document.ts'
import { createRequestSchema } from '../job-request.schema.ts'
import type { Call } from '../operation.ts'
import { parseBody } from '../parse-body.ts'
import type { Reply } from '../reply.ts'
import { settingsFromCreate } from '../requested-settings.ts'
import type { Site } from '../site.ts'
import { startModesOf } from '../site.ts'

/** POST /v1/jobs. Source: docs/vendors/removebgvideo.md §5. */
export async function createJob({ request, fingerprint, fault }: Call, site: Site): Promise<Reply> {
  const { modes, state } = site
  const wanted = parseBody(request, createRequestSchema)
  const settings = settingsFromCreate(wanted, modes.defaultBackground)
  const seconds = await lengthOf({ videoUrl: wanted.video_url }, site)
  const started = wanted.auto_start ?? true
  if (started || modes.insufficientCreditsAt === 'create') requireCredits(settings, seconds, site)
  const job: VendorJob = {
    id: randomUUID(),
    index: state.jobs.size + 1,
    keyFingerprint: fingerprint,
    videoUrl: wanted.video_url,
    settings,
    webhookUrl: wanted.webhook_url ?? null,
    metadata: wanted.metadata ?? null,
    createdAt: Date.now(),
    startedAt: null,
    starts: 0,
    purchases: 0,
    durationSeconds: null,
    processingMs: null,
    fate: fault?.type === 'job' ? fault : null,
    brokenBy: null,
    renderedAt: null,
    renderKey: null,
    renderedShare: 0,
    renderedBy: null,
    downloads: 0,
    collected: false,
  }
  state.save(job)
  if (started) await acceptStart(job, settings, site)
  const { createReplyStatus, draftShownAs } = startModesOf(job.videoUrl, site)
  const shown = createReplyStatus === undefined ? draftShownAs : createReplyStatus
  const status = started ? 'processing' : shown
  const message = started ? 'Job started' : 'Job created'
  return {
    status: 200,
    json: { success: true, ...idOf(job, modes.idField), ...(status === null ? {} : { status }), message },
  }
}
