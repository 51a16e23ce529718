import { Context, log } from '@temporalio/activity'
import { parseRemovalRequest } from '../../domain/parse-request.schema.ts'
import type { FallbackSituation, PricedVariant } from '../../domain/plan-fallback.ts'
import type { PolicySettings } from '../../domain/policies.ts'
import type { Prices } from '../../domain/pricing.ts'
import { usualDeadlineMs } from '../../domain/processing-time.ts'
import type { FailureDocument, RemovalDocument } from '../../domain/removal-document.ts'
import { asRemovalFailure, isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { earlierRemovalIdOf, workflowIdOf } from '../../domain/removal-id.ts'
import type { RemovalMemo } from '../../domain/removal-memo.ts'
import { removalMemo } from '../../domain/removal-memo.ts'
import type { RemovalRequest, RemovalRequestInput } from '../../domain/removal-request.schema.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'
import type { Background } from '../../domain/request-values.ts'
import { stagedInputSchema } from '../../domain/staged-input.schema.ts'
import type { StagedInput } from '../../domain/staged-input.ts'
import { activity } from '../activity.ts'
import { cleanUp } from '../clean-up.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { RemovalInput } from '../labels.ts'
import type { InspectedInput } from '../media.ts'
import { inspectInput } from './inspect-input.ts'
import { admitOrJoin, recordFromRequest } from './record-from-request.ts'
import { reserveVariant } from './reserve-variant.ts'

export interface AdmitRemovalInput extends RemovalInput {
  workflowId: string
  request: RemovalRequestInput
  staged: StagedInput | null
  /** Somebody else than our client has started the workflow, so that it has no memo yet. */
  isUnlabelled?: true
}

/** What the workflow needs to know of an admitted removal: references and numbers only. */
export interface AdmittedRemoval {
  outcome: 'admitted'
  source: 'upload' | 'url'
  sourceName: string
  requested: FallbackSituation['requested']
  /** What is bought first: the request, or a cheaper model where the budget wanted one and fallback allows it. */
  order: PricedVariant
  prices: Prices
  /** What is billed: the input as a player shows it, or the part of it that was asked for. */
  durationSeconds: number | null
  /** Every length that the output may rightly have by the input, the billed one first; none where it is unknown. */
  inputSeconds: number[]
  /** A doubt about the output refuses it. */
  strict: boolean
  deadlineMs: number
  webhookExpected: boolean
  settings: PolicySettings
  /** Names of search attributes that the namespace lacks; left out where it has all. */
  lackingSearchAttributes?: readonly string[]
  /** The trace that all further work on it belongs to; left out where nobody traces. */
  traceparent?: string
  /** Of an unlabelled workflow: what it is to show of itself. */
  memo?: RemovalMemo
  /** The id under which an earlier build has recorded the removal; left out where it is the one that was asked with. */
  recordedId?: string
  /** The namespace has the attribute that says since when a removal is parked; left out by releases that have none. */
  hasParkedSince?: boolean
}

export type AdmitRemovalResult =
  | AdmittedRemoval
  | { outcome: 'closed'; document: RemovalDocument; lackingSearchAttributes?: readonly string[] }
  /** The same thing is being made by another removal, which serves this request as well. */
  | { outcome: 'joined'; intoId: string }
  /** Not recorded under this id: the request is malformed or the id belongs to another request. */
  | { outcome: 'refused'; failure: FailureDocument; lackingSearchAttributes?: readonly string[] }

/**
 * Records the request in the ledger, inspects the input, and holds the credits that it will cost. A request that ended
 * before is answered with its recorded document. A request that another removal serves already is answered with the id
 * of that removal. Fails as `InvalidInput` or `BudgetExceeded` with nothing bought.
 */
export function admitRemoval(deps: ActivityDependencies) {
  const { lackingSearchAttributes = [] } = deps
  return activity(async (input: AdmitRemovalInput): Promise<AdmitRemovalResult> => {
    let removalId = input.removalId
    try {
      removalId = await recordedIdOf(input, deps)
      const result = await admissionOf({ ...input, removalId }, deps)
      if (result.outcome === 'admitted' && removalId !== input.removalId)
        return { ...result, recordedId: removalId }
      const isOver = result.outcome === 'refused' || result.outcome === 'closed'
      return isOver ? { ...result, lackingSearchAttributes } : result
    } catch (error) {
      // Another client has started it without attributes perhaps, and it is to be found by how it ends all the same.
      if (!isRemovalFailure(error)) throw error
      throw asRemovalFailure(error, {
        lackingSearchAttributes,
        ...(removalId !== input.removalId && { recordedId: removalId }),
      })
    }
  }, deps)
}

/**
 * The id that the ledger has for a workflow. Earlier builds left out the digest at the end of an id that was made fit for
 * use: what they have recorded of this very workflow is gone on with, and nothing of it is bought again.
 */
async function recordedIdOf(
  { removalId, workflowId }: Pick<AdmitRemovalInput, 'removalId' | 'workflowId'>,
  { ledger }: ActivityDependencies,
): Promise<string> {
  const earlier = earlierRemovalIdOf(workflowId)
  if (earlier === removalId) return removalId
  const record = await ledger.removals.find(earlier)
  return record?.workflowId === workflowId ? earlier : removalId
}

async function admissionOf(
  { removalId, labels, traceparent, workflowId, request: asked, staged, isUnlabelled }: AdmitRemovalInput,
  deps: ActivityDependencies,
): Promise<AdmitRemovalResult> {
  const request = await parsed({ removalId, request: asked, staged }, deps)
  if (isRemovalFailure(request)) {
    await removeStaged(removalId, { staged }, deps)
    return { outcome: 'refused', failure: request.toDocument() }
  }
  const entry = await recordFromRequest({ removalId, workflowId, request, staged }, deps)
  const admission = await admitOrJoin(entry, deps)
  // Its own input only: the record's belongs to the run that made it.
  if (admission.outcome !== 'admitted') await removeStaged(removalId, { staged, ...request }, deps)
  if (admission.outcome === 'closed' || admission.outcome === 'joined') return admission
  if (admission.outcome === 'conflict')
    return { outcome: 'refused', failure: idInUse(removalId).toDocument() }

  const { record } = admission
  const input = await inspectInput(record, deps, Context.current().cancellationSignal)
  const inputSeconds = askedLengths(input, request)
  const billedSeconds = inputSeconds[0] ?? null
  const prices = await deps.prices()
  const variant = await reserveVariant({ record, request, input, billedSeconds, prices }, deps)
  const facts = { removal_id: removalId, project: labels.project, model: variant.model }
  const begun = deps.tracing.begin('removal accepted', facts, traceparent ?? null)
  log.info('removal admitted', { durationSeconds: input.durationSeconds, ...variant })
  return {
    outcome: 'admitted',
    source: typeof request.source === 'object' && 'url' in request.source ? 'url' : 'upload',
    sourceName: entry.source,
    requested: {
      model: request.model,
      outputFormat: request.outputFormat,
      background: request.background,
      textPrompt: request.textPrompt,
      fallback: request.fallback,
      maxCredits: request.maxCredits,
    },
    order: variant,
    prices,
    durationSeconds: billedSeconds,
    inputSeconds,
    strict: request.strict,
    deadlineMs: request.deadline ?? usualDeadlineMs(variant.model, billedSeconds),
    webhookExpected: deps.webhookUrlOf(removalId) !== null,
    settings: deps.settings,
    ...(isUnlabelled && {
      memo: {
        ...removalMemo(request, {
          fingerprint: entry.fingerprint,
          source: entry.source,
          input: { bytes: input.sizeBytes, sha256: entry.inputSha256 ?? null },
        }),
        ...(workflowIdOf(removalId) !== workflowId && { removalId }),
      },
    }),
    ...(begun !== null && { traceparent: begun }),
    hasParkedSince: !(deps.lackingSearchAttributes ?? []).includes('RemovalParkedSince'),
    ...(deps.lackingSearchAttributes?.length && {
      lackingSearchAttributes: deps.lackingSearchAttributes,
    }),
  }
}

/** As a player shows it, then the picture alone, each cut to the preview; sound may go on without the picture. */
function askedLengths(
  { durationSeconds, pictureSeconds }: InspectedInput,
  { previewSeconds }: RemovalRequest,
): number[] {
  if (durationSeconds === null) return []
  const most = previewSeconds ?? Number.POSITIVE_INFINITY
  return [
    ...new Set(
      [durationSeconds, pictureSeconds ?? durationSeconds].map((seconds) => Math.min(seconds, most)),
    ),
  ]
}

/** Any client of Temporal can start a removal, under whatever workflow id and with whatever arguments. */
async function parsed(
  { removalId, request: asked, staged }: Pick<AdmitRemovalInput, 'removalId' | 'request' | 'staged'>,
  { ledger }: ActivityDependencies,
): Promise<RemovalRequest | RemovalFailure> {
  try {
    const request = parseRemovalRequest(asked)
    const problem = problemBesides({ removalId, request, staged })
    // What an earlier build has recorded, and perhaps bought, goes on under whatever id it has.
    if (problem === null || (await ledger.removals.find(removalId)) !== undefined) return request
    return new RemovalFailure('InvalidRequest', problem, { hint: HOW_TO_START })
  } catch (error) {
    if (isRemovalFailure(error) && error.kind === 'InvalidRequest') return error
    throw error
  }
}

/** What is wrong with the id of a workflow, or with what stands beside its request; null where nothing is. */
function problemBesides({
  removalId,
  request,
  staged,
}: { request: RemovalRequest } & Pick<AdmitRemovalInput, 'removalId' | 'staged'>): string | null {
  const [wrongId] = removalIdSchema.safeParse(removalId).error?.issues ?? []
  if (wrongId !== undefined) return `workflow id: after removal/ ${wrongId.message}`
  if (request.id !== null && request.id !== removalId)
    return `id: the request says ${request.id}, and its workflow is that of the removal ${removalId}`
  return stagedInputSchema.safeParse(staged ?? null).success
    ? null
    : 'a second argument: expected null, or what the client of matteflow has staged'
}

const HOW_TO_START =
  'Start the workflow removeBackground under the id removal/<id>, with the request as its one argument; docs/library.md has an example.'

async function removeStaged(
  removalId: string,
  { staged, background }: { staged: StagedInput | null; background?: Background },
  { storage }: ActivityDependencies,
): Promise<void> {
  const queryKey = background?.type === 'image' ? background.queryKey : undefined
  const isOwn = (key: unknown): key is string =>
    typeof key === 'string' && key.startsWith(`inputs/${removalId}/`)
  const keys = [(staged as { key?: unknown } | null)?.key, queryKey].filter(isOwn)
  for (const key of keys) await cleanUp('the staged input', () => storage.remove(key))
}

function idInUse(removalId: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `id: ${removalId} is in use by another request`, {
    hint: 'Choose another id, or repeat the request exactly as it was made.',
  })
}
