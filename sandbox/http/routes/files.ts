import { stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { isOddity } from '../../faults/fault.ts'
import { outputKind } from '../../media/output/output-kind.ts'
import { jobPhase } from '../../state/job-phase.ts'
import type { VendorJob } from '../../state/vendor-job.ts'
import type { Call } from '../operation.ts'
import type { Reply } from '../reply.ts'
import type { RangeWish } from '../serve-file.ts'
import { serveFile } from '../serve-file.ts'
import { isSignedAndFresh } from '../signed-url.ts'
import type { Site } from '../site.ts'
import { jobNotFound, VendorError } from '../vendor-error.ts'

const UPLOAD_TYPES: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
}

/** GET /uploads/{file}: open to everyone who knows the name. */
export async function uploadedFile({ request }: Call, site: Site): Promise<Reply> {
  const { file } = request.params as { file: string }
  if (!site.state.uploads.has(file)) throw new VendorError(404, 'not_found', 'No such file')
  const path = join(site.dataDir, 'uploads', file)
  const { size } = await stat(path)
  const contentType = UPLOAD_TYPES[extname(file)] ?? 'application/octet-stream'
  return serveFile({ path, sizeBytes: size, etag: file, contentType }, rangeOf(request.headers))
}

/** GET /outputs/{file}: needs a signature that has not expired. */
export async function outputFile({ request, jobId, fault }: Call, site: Site): Promise<Reply> {
  const { file } = request.params as { file: string }
  const query = request.query as { expires?: string; signature?: string }
  if (!isSignedAndFresh(file, query, site.state.secret)) {
    throw new VendorError(403, 'forbidden', 'The URL has expired or is not signed')
  }
  const job = site.state.jobs.get(jobId)
  if (job === undefined || jobPhase(job, site.modes).state !== 'completed') throw jobNotFound()
  const flaw = fault?.type === 'other-output' ? fault.flaw : undefined
  const rendered = await site.renderings.output(job, flaw)
  const { contentType } = outputKind(job.settings.outputFormat)
  const share = fault?.type === 'short-output' ? fault.share : 1
  const sizeBytes = Math.max(1, Math.floor(rendered.sizeBytes * share))
  const served = { path: rendered.path, etag: rendered.etag, sizeBytes, contentType }
  const genuine = (flaw === undefined || isOddity(flaw)) && share === 1
  const answer = serveFile(
    served,
    rangeOf(request.headers),
    genuine ? counting(job, site, sizeBytes) : undefined,
  )
  if (fault?.type === 'label-output')
    return { ...answer, headers: { ...answer.headers, 'content-encoding': fault.coding } }
  if (fault?.type !== 'cut-output' || !('file' in answer)) return answer
  const { start, end } = answer.file
  return {
    ...answer,
    file: { ...answer.file, cutAt: start + Math.max(1, Math.floor((end - start) * fault.share)) },
  }
}

function counting(job: VendorJob, site: Site, sizeBytes: number): (start: number, end: number) => void {
  return (start, end) => {
    if (site.downloads.sent(job.id, start, end, sizeBytes)) job.collected = true
    if (end < sizeBytes || site.closing.aborted) return
    job.downloads += 1
    site.state.save(job)
  }
}

function rangeOf(headers: Record<string, string | string[] | undefined>): RangeWish {
  return { range: headers['range'] as string | undefined, ifRange: headers['if-range'] as string | undefined }
}
