import { CancelledFailure } from '@temporalio/common'
import { CancellationScope } from '@temporalio/workflow'
import type { StartVendorJobInput } from '../activities/purchase/start-vendor-job.ts'
import { asThrowable, failureDocument } from './failure-kind.ts'
import { searchAttributes } from './messages.ts'
import type { Unparked } from './park.ts'
import { perform } from './perform.ts'
import type { Removal } from './removal.ts'
import { admittedOf, orderOf, purchasedJob } from './removal.ts'
import { runStep } from './run-step.ts'

/** An upload older than this is made again: the vendor does not say how long it keeps one (removebgvideo.md §4). */
const UPLOAD_KEPT_MS = 60 * 60_000

/** Brings the input to the vendor, drafts a job and starts it: after this, one vendor job is bought. */
export async function buy(removal: Removal): Promise<void> {
  let uploadedAtMs = Date.now()
  await runStep(removal, null, async (after) => {
    const isAgain = after?.by === 'person' && removal.start === 'none'
    const fresh = isAgain && Date.now() - uploadedAtMs > UPLOAD_KEPT_MS
    if (removal.start === 'none') {
      if (fresh) uploadedAtMs = Date.now()
      await upload(removal, fresh)
      await draft(removal, isAgain)
    }
    await start(removal, after)
  })
}

async function upload(removal: Removal, fresh: boolean): Promise<void> {
  const { source, sourceName } = admittedOf(removal)
  if (source === 'url') return
  checkDeadline(removal)
  removal.enter('uploading')
  await perform(
    removal,
    'uploadInput',
    { fresh },
    { summary: `upload ${sourceName}`, withinMs: timeLeft(removal) },
  )
}

async function draft(removal: Removal, fresh: boolean): Promise<void> {
  const { model, outputFormat, estimatedMillicredits } = orderOf(removal)
  checkDeadline(removal)
  removal.enter('drafting', orderAttributes(removal))
  const { vendorJobId } = await perform(
    removal,
    'createVendorJob',
    { purchase: removal.purchase, model, outputFormat, estimatedMillicredits, fresh },
    { summary: `draft a ${model} ${outputFormat} job`, withinMs: timeLeft(removal) },
  )
  removal.vendorJobId = vendorJobId
}

/** The only step that spends. A cancel is acted on before or after it, never during (design §3.5). */
async function start(removal: Removal, after: Unparked | null): Promise<void> {
  checkDeadline(removal)
  // The scope below would not notice a cancel that came while the draft was made, and would buy.
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled before the start')
  const answer = answerOf(after)
  if (answer?.as === 'not-started') removal.start = 'none'
  removal.enter('starting', [{ key: searchAttributes.vendorJobId, value: [removal.vendorJobId ?? ''] }])
  await CancellationScope.nonCancellable(() =>
    perform(
      removal,
      'startVendorJob',
      { ...purchasedJob(removal), answer },
      { summary: `start vendor job ${removal.vendorJobId ?? ''}` },
    ),
  )
  removal.start = 'started'
}

/** Numbered by the second of its park, so that it counts after a workflow reset as well, which counts parks anew. */
function answerOf(after: Unparked | null): StartVendorJobInput['answer'] {
  return after?.by === 'person' && after.resume.as !== undefined
    ? { number: Math.floor(after.parkedAtMs / 1_000), as: after.resume.as }
    : null
}

function checkDeadline(removal: Removal): void {
  if (timeLeft(removal) > 0 || removal.start !== 'none') return
  throw asThrowable(
    failureDocument('DeadlineExceeded', `the deadline passed before the start, while ${removal.state}`),
  )
}

function timeLeft(removal: Removal): number {
  return removal.deadlineAtMs - Date.now()
}

/** A removal that another service started as a child has none of its client's attributes, a fallback new ones. */
function orderAttributes(removal: Removal) {
  const { model, outputFormat } = orderOf(removal)
  return [
    { key: searchAttributes.project, value: removal.labels.project },
    { key: searchAttributes.model, value: model },
    { key: searchAttributes.format, value: outputFormat },
  ]
}
