import { log } from '@temporalio/workflow'
import { ruleOf } from '../domain/failures.ts'
import { creditsFromMillicredits } from '../domain/pricing.ts'
import type { FailureDocument, RemovalDocument, RemovalState } from '../domain/removal-document.ts'
import { traceParentFrom } from '../domain/trace-parent.ts'
import type { RemovalRun } from './removal-run.ts'

/** What comes after a state when all goes well; the UI names it, so that nobody has to know the order. */
const NEXT: Partial<Record<RemovalState, string>> = {
  accepted: 'the input is inspected and its credits are held',
  uploading: 'a draft at the vendor, which costs nothing',
  drafting: 'the start, which spends the credits',
  starting: 'the vendor works; its job is checked until it ends',
  processing: 'the output is fetched and verified',
  retrieving: 'the ledger is settled',
}

/** What the query `state` returns. */
export interface RunState {
  state: RemovalState
  /** ISO time. */
  since: string
  project: string
  purchase: number
  model: string | null
  outputFormat: string | null
  vendorJobIds: string[]
  /** Estimated credits of all that was started, or may have been. */
  creditsSoFar: number
  parkedFor: { kind: string; message: string; hint: string } | null
  next: string | null
}

/** Where a removal stands, for whoever asks its workflow. */
export function stateOf(run: RemovalRun): RunState {
  const { state, sinceMs, labels, purchase, variant, parkedFor } = run
  return {
    state,
    since: new Date(sinceMs).toISOString(),
    project: labels.project,
    purchase,
    model: variant?.model ?? null,
    outputFormat: variant?.outputFormat ?? null,
    vendorJobIds: [...run.failed.flatMap((each) => each.vendorJobId ?? []), ...jobOf(run)],
    creditsSoFar: creditsSoFar(run),
    parkedFor: parkedFor && { kind: parkedFor.kind, message: parkedFor.message, hint: parkedFor.hint },
    next: parkedFor === null ? (NEXT[state] ?? null) : howItGoesOn(run, parkedFor),
  }
}

/**
 * Markdown for the Temporal UI: where a removal stands, and what a person can do. Commands stand in code spans, where
 * no renderer turns their dashes into others, and each can be typed as it stands. The vendor's progress stands on the
 * heartbeat of the pending activity, beside it.
 */
export function describeRun(run: RemovalRun): string {
  const { admitted, variant, parkedFor, vendorJobId, state, sinceMs } = run
  const since = new Date(sinceMs).toISOString().slice(0, 19).replace('T', ' ')
  const lines = [`**${state}** since ${since} UTC`]
  if (admitted !== null && variant !== null) {
    const length =
      admitted.durationSeconds === null ? 'unknown length' : `${admitted.durationSeconds.toFixed(1)} s`
    lines.push(
      `${admitted.sourceName} (${length}) → ${variant.model} ${variant.outputFormat}, project ${run.labels.project}`,
    )
  }
  if (vendorJobId !== null) lines.push(`vendor job ${vendorJobId}`)
  if (run.purchase > 1 || run.start !== 'none')
    lines.push(`purchase ${run.purchase}, estimated cost so far: ${creditsSoFar(run)} credits`)
  if (parkedFor !== null)
    lines.push(`**${parkedFor.kind}**: ${parkedFor.message}`, parkedFor.hint, howItGoesOn(run, parkedFor))
  else if (NEXT[state] !== undefined) lines.push(`next: ${NEXT[state]}`)
  return lines.join('\n\n')
}

function jobOf({ vendorJobId }: RemovalRun): string[] {
  return vendorJobId === null ? [] : [vendorJobId]
}

function creditsSoFar({ failed, start, variant }: RemovalRun): number {
  const current = start === 'none' ? 0 : (variant?.estimatedMillicredits ?? 0)
  const earlier = failed.reduce((sum, each) => sum + (each.variant.estimatedMillicredits ?? 0), 0)
  return creditsFromMillicredits(current + earlier)
}

function howItGoesOn({ id, start }: RemovalRun, { kind }: FailureDocument): string {
  const byItself = ruleOf(kind).wakes === 'time' ? 'It tries again by itself. ' : ''
  const checked = start === 'none' ? '' : 'The vendor job is still checked. '
  const command = `matteflow resume ${id}`
  return kind === 'UnknownOutcome'
    ? `${checked}If it was started: \`${command} --as started\`. If it was not: \`${command} --as not-started\`.`
    : `${byItself}${checked}To go on now: \`${command}\``
}

/** Logs one line for each change of state; that of an end says how the removal ended. */
export function logState(run: RemovalRun, end?: RemovalDocument): void {
  const { id, labels, vendorJobId } = run
  const state = end?.state ?? run.state
  const failure = end?.failure ?? run.parkedFor
  const isWarning = state === 'failed' || state === 'parked'
  const traceId = traceParentFrom(run.of.traceparent)?.traceId
  log[isWarning ? 'warn' : 'info'](`removal ${state}`, {
    removalId: id,
    ...labels,
    state,
    purchase: run.purchase,
    ...(traceId !== undefined && { traceId }),
    vendorJobId: failure?.vendorJobId ?? vendorJobId,
    ...(failure && { kind: failure.kind, requestId: failure.requestId, reason: failure.message }),
    ...(end && { charged: end.credits.charged, vendorJobs: end.vendorJobs?.map((job) => job.id) ?? [] }),
  })
}
