import type { SearchAttributes, SearchAttributeUpdatePair } from '@temporalio/common'
import {
  log,
  patched,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { DEFAULT_POLICY_SETTINGS } from '../domain/policies.ts'
import type { FailureDocument, RemovalState } from '../domain/removal-document.ts'
import { earlierRemovalIdOf, removalIdOf } from '../domain/removal-id.ts'
import type { RemovalMemo } from '../domain/removal-memo.ts'
import type { RemovalRequestInput } from '../domain/removal-request.schema.ts'
import type { StagedInput } from '../domain/staged-input.ts'
import { traceParentFrom } from '../domain/trace-parent.ts'
import { activitiesUnder } from './activities.ts'
import { describeRun, logState } from './describe-run.ts'
import { hearMessages } from './hear-messages.ts'
import type { ParkedMemo, PurchaseMemo } from './messages.ts'
import {
  FINAL_DOCUMENT_MEMO,
  JOINED_MEMO,
  PARKED_MEMO,
  PURCHASES_MEMO,
  searchAttributes,
} from './messages.ts'
import { PATCHES } from './patches.ts'
import { readLabels } from './read-arguments.ts'
import type { CarriedState, ChangingRun, RemovalRun } from './removal-run.ts'
import { admittedOf, variantOf } from './removal-run.ts'

/** Begins a run: its handlers are there before anything else happens. */
export function startRun(
  request: RemovalRequestInput,
  staged: StagedInput | null,
  carried: CarriedState | null,
): RemovalRun {
  const { workflowId, runId, namespace } = workflowInfo()
  const id = idOf(workflowId, carried)
  const labels = readLabels(request)
  const given = workflowInfo().memo?.['traceparent']
  const isTraced = traceParentFrom(given) !== null
  const run: ChangingRun = {
    id,
    request,
    staged,
    labels,
    of: { removalId: id, labels, ...(isTraced && { traceparent: given as string }) },
    temporal: { workflowId, runId, namespace },
    activities: activitiesUnder(DEFAULT_POLICY_SETTINGS),
    state: 'accepted',
    sinceMs: workflowInfo().startTime.getTime(),
    cancelNote: null,
    admitted: null,
    lacking: null,
    purchase: carried?.purchase ?? 1,
    variant: carried?.variant ?? null,
    failed: carried?.failed ?? [],
    vendorJobId: carried?.vendorJobId ?? null,
    start: carried?.start ?? 'none',
    deadlineAtMs: carried?.deadlineAtMs ?? Number.POSITIVE_INFINITY,
    parkedFor: null,
    nextPurchase: null,
    parks: carried?.parks ?? 0,
    resumed: null,
    answer: carried?.answer ?? null,
    maxCredits: carried?.maxCredits ?? null,
    ending: carried?.ending ?? null,
    isRenewalAsked: false,
    callbacks: { isPending: false, taken: 0, lastAtMs: 0 },

    admit(admission) {
      run.admitted = admission
      if (admission.traceparent !== undefined) run.of = { ...run.of, traceparent: admission.traceparent }
      run.goOnAs(admission.recordedId)
      run.activities = activitiesUnder(admission.settings)
      if (admission.memo !== undefined) showRequest(admission.memo)
      run.variant ??= admission.order
      const usualAtMs = workflowInfo().startTime.getTime() + admission.deadlineMs
      // A deadline that was granted, or has passed, in an earlier run stands.
      run.deadlineAtMs = Math.min(run.deadlineAtMs, usualAtMs)
    },
    goOnAs(recordedId) {
      run.id = recordedId ?? run.id
      run.of = { ...run.of, removalId: run.id }
    },
    hearOfAttributes(lacking) {
      run.lacking = lacking ?? run.lacking
    },
    show(state) {
      if (run.state !== state) run.enter(state)
    },
    enter: (state) => show(state),
    drafting(variant) {
      // A removal that another service started as a child has none of its client's attributes yet, a fallback new ones.
      show('drafting', [
        { key: searchAttributes.project, value: labels.project },
        { key: searchAttributes.model, value: variant.model },
        { key: searchAttributes.format, value: variant.outputFormat },
      ])
    },
    starting(vendorJobId) {
      run.vendorJobId = vendorJobId
      const earlier = run.failed.flatMap((purchase) => purchase.vendorJobId ?? [])
      showPurchases()
      show('starting', [{ key: searchAttributes.vendorJobId, value: [...earlier, vendorJobId] }])
    },
    startBecame(start) {
      run.start = start
    },
    answerWasHeard() {
      run.answer = null
    },
    takeCallback() {
      run.callbacks = { isPending: false, taken: run.callbacks.taken + 1, lastAtMs: Date.now() }
    },
    park(failure, next) {
      run.parks += 1
      run.resumed = null
      run.nextPurchase = next
      showParked(failure.toDocument())
      show('parked')
    },
    unpark(deadlineAtMs, answer) {
      run.maxCredits = run.resumed?.maxCredits ?? run.maxCredits
      run.answer = answer
      run.resumed = null
      run.nextPurchase = null
      run.deadlineAtMs = deadlineAtMs
      showParked(null)
    },
    turnTo(variant, failure) {
      const { vendorJobId } = run
      run.failed = [...run.failed, { variant: variantOf(run), failure: failure.toDocument(), vendorJobId }]
      run.purchase += 1
      run.variant = variant
      run.start = 'none'
      run.vendorJobId = null
      run.answer = null
      run.callbacks = { isPending: false, taken: 0, lastAtMs: 0 }
    },
    decide(ending) {
      run.ending = ending
      // An end is recorded however late: the ledger would else hold its credits, and its record, open for ever.
      run.deadlineAtMs = Number.POSITIVE_INFINITY
    },
    end(document) {
      // The cancel command carries no details, so the document is left where `status` finds it.
      if (document.state === 'cancelled') upsertMemo({ [FINAL_DOCUMENT_MEMO]: document })
      run.state = document.state
      label([
        { key: searchAttributes.state, value: document.state },
        // One that another service started and that was never admitted has no project yet.
        { key: searchAttributes.project, value: labels.project },
        { key: searchAttributes.failure, value: document.failure?.kind ?? null },
        { key: searchAttributes.creditsCharged, value: document.credits.charged ?? 0 },
        // A park that an earlier build has ended has left a null there.
        ...(run.parks > 0 ? parkedSince(null) : []),
      ])
      setCurrentDetails(describeRun(run))
      logState(run, document)
    },
    join(intoId) {
      upsertMemo({ [JOINED_MEMO]: intoId })
      log.info('removal joined another of the same thing', { removalId: run.id, ...labels, intoId })
    },
    endElsewhere(document) {
      if (run.lacking !== null && patched(PATCHES.refusalsAreShown.id)) run.end(document)
      else logState(run, document)
    },
    carried() {
      const { deadlineAtMs, parks, purchase, variant, failed, start, vendorJobId } = run
      const decided = {
        answer: run.answer,
        maxCredits: run.maxCredits,
        ending: run.ending,
        removalId: run.id,
      }
      return { deadlineAtMs, parks, purchase, variant, failed: [...failed], start, vendorJobId, ...decided }
    },
  }
  /** An attribute that the namespace lacks would fail this task for ever: the worker says at admission which those are. */
  function label(pairs: SearchAttributeUpdatePair[]): void {
    const lacking = run.admitted?.lackingSearchAttributes ?? run.lacking ?? []
    const known = pairs.filter(({ key }) => !lacking.includes(key.name))
    if (known.length > 0 && !isUnsureOfAttributes()) upsertSearchAttributes(removingNulls(known))
  }
  /** Before the admission only the start can tell: where the namespace lacks attributes, it was made without any. */
  function isUnsureOfAttributes(): boolean {
    if (run.admitted !== null || workflowInfo().typedSearchAttributes.get(searchAttributes.state))
      return false
    if (run.lacking !== null && patched(PATCHES.refusalsAreShown.id)) return false
    return patched(PATCHES.unlabelledIsCareful.id)
  }
  function show(state: RemovalState, more: SearchAttributeUpdatePair[] = []): void {
    run.state = state
    run.sinceMs = Date.now()
    label([{ key: searchAttributes.state, value: state }, ...more])
    setCurrentDetails(describeRun(run))
    logState(run)
  }
  /** Lists and documents take each job for one of what was requested, unless the memo says otherwise. */
  function showPurchases(): void {
    const { requested } = admittedOf(run)
    const isRequested = ({ model, outputFormat }: PurchaseMemo): boolean =>
      model === requested.model && outputFormat === requested.outputFormat
    const bought = [...run.failed, { variant: variantOf(run), vendorJobId: run.vendorJobId }]
    const purchases = bought.flatMap(({ variant: { model, outputFormat }, vendorJobId }): PurchaseMemo[] =>
      vendorJobId ? [{ vendorJobId, model, outputFormat }] : [],
    )
    if (!purchases.every(isRequested) && patched(PATCHES.purchasesAreShown.id))
      upsertMemo({ [PURCHASES_MEMO]: purchases })
  }
  /** A removal that another service started as a child is found and shown as every other. */
  function showRequest(memo: RemovalMemo): void {
    upsertMemo({ ...memo })
    label([{ key: searchAttributes.fingerprint, value: memo.fingerprint }])
  }
  function showParked(failure: FailureDocument | null): void {
    run.parkedFor = failure
    const memo: ParkedMemo | null = failure && { ...failure, since: new Date().toISOString() }
    upsertMemo({ [PARKED_MEMO]: memo })
    label([
      { key: searchAttributes.failure, value: failure?.kind ?? null },
      ...parkedSince(failure === null ? null : new Date()),
    ])
  }
  /** A worker that knows the attribute says at the admission whether the namespace has it. */
  function parkedSince(value: Date | null): SearchAttributeUpdatePair[] {
    return run.admitted?.hasParkedSince === true ? [{ key: searchAttributes.parkedSince, value }] : []
  }
  hearMessages(run)
  return run
}

/** A run that an earlier build has begun goes on under the id that it was begun with, and so do all runs after it. */
function idOf(workflowId: string, carried: CarriedState | null): string {
  const [id, earlier] = [removalIdOf(workflowId), earlierRemovalIdOf(workflowId)]
  // Most names need no digest, and their histories no marker.
  if (id === earlier) return id
  if (carried !== null) return carried.removalId === id ? id : earlier
  return patched(PATCHES.idsAreDistinct.id) ? id : earlier
}

/**
 * Temporal keeps a null of the typed form as the value null, which clients in other languages cannot read. It removes an
 * attribute whose value is an empty list, and only the older form, in which every value is a list, can say that.
 */
function removingNulls(pairs: SearchAttributeUpdatePair[]): SearchAttributeUpdatePair[] | SearchAttributes {
  if (pairs.every(({ value }) => value !== null)) return pairs
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key.name, value === null ? [] : Array.isArray(value) ? value : [value]]),
  ) as SearchAttributes
}
