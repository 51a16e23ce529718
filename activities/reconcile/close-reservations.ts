import { closingOf } from '../../domain/reconcile/closing-of.ts'
import type { OurPurchase } from '../../domain/reconcile/our-purchase.ts'
import type { TheirJob } from '../../domain/reconcile/their-job.ts'
import { hasEnded } from '../../domain/reconcile/their-job.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { isWorkflowRunning } from '../is-workflow-running.ts'

/** Everything that closing needs to know. */
interface ReservationsAndChecks {
  purchases: readonly OurPurchase[]
  statusChecks: ReadonlyMap<string, TheirJob | null>
  /** What the reason of each entry begins with. */
  reasonPrefix: string
  nowMs: number
  beat: () => void
}

/** Posts what became of reservations that outlived their removals. Returns how many; a repeat posts nothing twice. */
export async function closeReservations(
  { purchases, statusChecks, reasonPrefix, nowMs, beat }: ReservationsAndChecks,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<number> {
  let closed = 0
  const at = new Date(nowMs)
  for (const ours of purchases) {
    const theirs = (ours.vendorJobId === null ? undefined : statusChecks.get(ours.vendorJobId)) ?? undefined
    const closing = closingOf(ours, theirs, nowMs)
    if (closing === null) continue
    beat()
    const { removalId, purchase, project, model, outputFormat } = ours
    const variant = { model, outputFormat }
    const posting = { removalId, purchase, project, variant, at, reason: reasonPrefix + closing.reason }
    if (closing.kind === 'release') await ledger.credits.release(posting)
    else {
      const { chargedMillicredits } = closing
      if (theirs !== undefined && hasEnded(theirs))
        await ledger.vendorJobs.recordEnd(
          { removalId, purchase, vendorJobId: theirs.id },
          endFrom(theirs, chargedMillicredits, at),
        )
      await ledger.credits.settle({ ...posting, chargedMillicredits })
    }
    closed += 1
  }
  return closed
}

function endFrom(
  { status, error, durationSeconds, billingStatus }: TheirJob,
  chargedMillicredits: number,
  finishedAt: Date,
) {
  return { finalStatus: status, error, durationSeconds, billingStatus, chargedMillicredits, finishedAt }
}

/** Each costs a question to Temporal; more unfinished removals than this are looked at over several runs. */
const MOST_QUESTIONS = 2_000

/** The removals with an open record whose workflow does not run: terminated by an operator, or forgotten. */
export async function findAbandoned(
  purchases: readonly OurPurchase[],
  beat: () => void,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<Set<string>> {
  const unfinished = new Map(
    purchases
      .filter(({ isRemovalClosed }) => !isRemovalClosed)
      .map(({ removalId, workflowId }) => [removalId, workflowId]),
  )
  const abandoned = new Set<string>()
  for (const [removalId, workflowId] of [...unfinished].slice(0, MOST_QUESTIONS)) {
    beat()
    if (await isWorkflowRunning(workflowId)) continue
    // It may have ended between the two questions, and have closed its record before.
    const record = await ledger.removals.find(removalId)
    if (record?.closedAt === null) abandoned.add(removalId)
  }
  return abandoned
}
