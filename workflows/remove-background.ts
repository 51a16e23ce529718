import { CancellationScope, CancelledFailure, workflowInfo } from '@temporalio/workflow'
import type { AdmitRemovalResult } from '../activities/admit/admit-removal.ts'
import type { RetrievedOutput } from '../activities/retrieve/retrieve-output.ts'
import type { FailureDocument, RemovalDocument } from '../domain/removal-document.ts'
import { blankDocument } from '../domain/removal-document.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { shownIdOf } from '../domain/removal-id.ts'
import type { RemovalRequestInput } from '../domain/removal-request.schema.ts'
import { wantsAlpha } from '../domain/request-values.ts'
import type { StagedInput } from '../domain/staged-input.ts'
import { asThrowable, stepFailureFrom } from './activities.ts'
import { endAs, endAsDecided, endAsJoined, fail, succeed } from './end-removal.ts'
import { nextPurchase } from './next-purchase.ts'
import { isCarried } from './read-arguments.ts'
import type { CarriedState, RemovalRun } from './removal-run.ts'
import { admittedOf, variantOf } from './removal-run.ts'
import { startRun } from './start-run.ts'
import { step } from './step.ts'
import type { BoughtJob } from './wait-for-job.ts'
import { waitForJob } from './wait-for-job.ts'

/**
 * One removal, from a request to a verified output or a named failure. Buys one vendor job, collects it always, and
 * stops to ask where it cannot tell. Each line is an idempotent activity; whatever a person or time can mend parks the
 * removal inside of its `step`, which runs it again afterwards.
 *
 * @param request its source is `{ stored }` or `{ url }`: a worker cannot read the caller's files
 * @param staged what the client staged for it; null when another service starts this workflow itself
 * @param carried what earlier runs of this removal decided; null in the first
 * @returns the document of a succeeded removal; every other end is an `ApplicationFailure` whose type is the
 *   failure kind and whose first detail is the document, or Temporal's cancellation
 */
export async function removeBackground(
  request: RemovalRequestInput,
  staged: StagedInput | null = null,
  carried: CarriedState | null = null,
): Promise<RemovalDocument> {
  const run = startRun(request, staged, isCarried(carried) ? carried : null)
  if (!isCarried(carried)) return endAs(run, refusedAs(run, CARRIED_BY_NOBODY.toDocument()))
  if (run.ending !== null) return endAsDecided(run, run.ending)
  const admission = await admit(run).catch((error: unknown) => fail(run, error))
  if (admission.outcome !== 'joined') run.hearOfAttributes(admission.lackingSearchAttributes)
  // Neither is this removal's to settle: the record under its id is closed, or belongs to another request.
  if (admission.outcome === 'closed') return endAs(run, admission.document)
  if (admission.outcome === 'joined') return endAsJoined(run, admission.intoId)
  if (admission.outcome === 'refused') return endAs(run, refusedAs(run, admission.failure))
  run.admit(admission)
  try {
    for (;;) {
      const bought = await buyAndCollect(run)
      if (!(bought instanceof RemovalFailure)) return await succeed(run, bought)
      // What was bought did not serve: a fallback, or the same once more when a person says so.
      const next = await nextPurchase(run, bought)
      if (next === null) throw asThrowable(bought)
      run.turnTo(next, bought)
    }
  } catch (error) {
    // A cancellation ends here as well. The vendor cannot cancel: a job that was started runs, bills, and is named.
    return fail(run, error)
  }
}

const CARRIED_BY_NOBODY = new RemovalFailure(
  'InvalidRequest',
  'a third argument: only a run of matteflow gives one, to the run that goes on in its place; leave it out',
)

/** The document of a removal that was never recorded. */
function refusedAs({ id, temporal, labels }: RemovalRun, failure: FailureDocument): RemovalDocument {
  return blankDocument({ id: shownIdOf(temporal.workflowId, id), failure, temporal, project: labels.project })
}

/** Records the request, inspects its input and holds its credits. From then on the deadline runs. */
function admit(run: RemovalRun): Promise<AdmitRemovalResult> {
  const { request, staged, of } = run
  const { workflowId, memo } = workflowInfo()
  const unlabelled = memo?.['fingerprint'] === undefined && { isUnlabelled: true as const }
  return step(run, 'accepted', () =>
    run.activities.admitRemoval(
      { ...of, workflowId, request, staged, ...unlabelled },
      { summary: 'record the request, inspect the input' },
    ),
  )
}

/** One purchase: from the input to its verified output, or to the failure that it ended with. */
async function buyAndCollect(run: RemovalRun): Promise<RetrievedOutput | RemovalFailure> {
  try {
    const bought = await buy(run)
    const ended = await step(run, 'processing', () => waitForJob(run, bought))
    return await step(run, 'retrieving', () => retrieve(run, ended))
  } catch (error) {
    const failed = stepFailureFrom(error)
    if (failed === undefined || CancellationScope.current().consideredCancelled) throw error
    return failed.failure
  }
}

/**
 * Brings the input to the vendor, drafts a job and starts it: after this, one vendor job is bought. Until the start a
 * park may outlast upload and draft, so that they are made sure of again; both cost nothing.
 */
async function buy(run: RemovalRun): Promise<BoughtJob> {
  let uploadedAtMs = Date.now()
  return step(run, null, async (after) => {
    let { vendorJobId } = run
    if (run.start === 'none' || vendorJobId === null) {
      // The person who resumed may have changed the key that the draft was made with.
      const isAgain = after?.by === 'person' && run.start === 'none'
      const isStale = isAgain && Date.now() - uploadedAtMs > UPLOAD_KEPT_MS
      if (isStale) uploadedAtMs = Date.now()
      await upload(run, isStale)
      vendorJobId = await draft(run, isAgain)
    }
    const job = await start(run, vendorJobId)
    return { vendorJobId, job }
  })
}

/** An upload older than this is made again: the vendor does not say how long it keeps one. */
const UPLOAD_KEPT_MS = 60 * 60_000

async function upload(run: RemovalRun, fresh: boolean): Promise<void> {
  const { source, sourceName } = admittedOf(run)
  if (source === 'url') return
  checkDeadline(run)
  run.enter('uploading')
  const { deadlineAtMs } = run
  await run.activities.uploadInput({ ...run.of, fresh }, { summary: `upload ${sourceName}`, deadlineAtMs })
}

async function draft(run: RemovalRun, fresh: boolean): Promise<string> {
  checkDeadline(run)
  const variant = variantOf(run)
  run.drafting(variant)
  const { of, purchase, deadlineAtMs } = run
  const { vendorJobId } = await run.activities.createVendorJob(
    { ...of, purchase, ...variant, fresh },
    { summary: `draft a ${variant.model} ${variant.outputFormat} job`, deadlineAtMs },
  )
  return vendorJobId
}

/** The only step that spends. A cancel is acted on before or after it, never during. */
async function start(run: RemovalRun, vendorJobId: string): Promise<BoughtJob['job']> {
  checkDeadline(run)
  // The scope below would not notice a cancel that came while the draft was made, and would buy.
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled before the start')
  const { of, purchase, answer } = run
  if (answer?.as === 'not-started') run.startBecame('none')
  run.starting(vendorJobId)
  let job: BoughtJob['job']
  try {
    const started = await CancellationScope.nonCancellable(() =>
      run.activities.startVendorJob(
        { ...of, purchase, vendorJobId, answer },
        { summary: `start vendor job ${vendorJobId}` },
      ),
    )
    job = started.job
  } catch (error) {
    if (hasReachedLedger(error)) run.answerWasHeard()
    throw error
  }
  run.answerWasHeard()
  run.startBecame('started')
  return job
}

/** A start that failed for any other reason has written the answer into the ledger before; else it is told again. */
function hasReachedLedger(error: unknown): boolean {
  const kind = stepFailureFrom(error)?.failure.kind
  return kind !== 'PlatformUnavailable' && kind !== 'Unexpected'
}

/** Collects and verifies what was bought. The deadline does not end it: what is paid for is fetched. */
function retrieve(run: RemovalRun, { vendorJobId, job }: BoughtJob): Promise<RetrievedOutput> {
  const { requested, durationSeconds, inputSeconds, strict } = admittedOf(run)
  const { of, purchase } = run
  const expected = { wantsAlpha: wantsAlpha(requested), durationSeconds, inputSeconds, strict }
  return run.activities.retrieveOutput(
    { ...of, purchase, vendorJobId, job, ...expected },
    { summary: `retrieve and verify the ${variantOf(run).outputFormat}` },
  )
}

/** Before the start the deadline ends a removal; afterwards it parks one whose job is bought. */
function checkDeadline(run: RemovalRun): void {
  if (Date.now() < run.deadlineAtMs || run.start !== 'none') return
  const { id, state } = run
  throw asThrowable(
    new RemovalFailure('DeadlineExceeded', `the deadline passed before the start, while ${state}`, {
      removalId: id,
    }),
  )
}
