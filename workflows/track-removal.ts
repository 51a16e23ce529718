import {
  ApplicationFailure,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { FailureDocument } from '../domain/removal-document.ts'
import { removalIdOf } from '../domain/removal-id.ts'
import type { RemovalRequestInput } from '../domain/removal-request.schema.ts'
import type { StagedInput } from '../domain/staged-input.ts'
import { describeState } from './describe-state.ts'
import { logState } from './log-state.ts'
import type { ParkedMemo, ResumeAnswer, ResumeRequest, VendorHint } from './messages.ts'
import { PARKED_MEMO, RESUME, searchAttributes, VENDOR_HINT } from './messages.ts'
import type { CarriedState, Removal } from './removal.ts'

/** Registers the handlers of a removal, before anything else happens. */
export function trackRemoval(
  request: RemovalRequestInput,
  staged: StagedInput | null,
  carried: CarriedState | null,
): Removal {
  const info = workflowInfo()
  const removal: Removal = {
    id: removalIdOf(info.workflowId),
    request,
    staged,
    labels: {
      project: request.project ?? 'default',
      user: request.user ?? null,
      reference: request.reference ?? null,
    },
    state: 'accepted',
    admitted: null,
    purchase: 1,
    order: null,
    failedOrders: [],
    vendorJobId: null,
    start: 'none',
    deadlineAtMs: carried?.deadlineAtMs ?? Number.POSITIVE_INFINITY,
    parkedFor: null,
    parks: carried?.parks ?? 0,
    resumed: null,
    hints: { pending: false, taken: 0, lastAtMs: 0 },
    enter(state, more = [], end) {
      removal.state = state
      upsertSearchAttributes([{ key: searchAttributes.state, value: state }, ...more])
      setCurrentDetails(describeState(removal))
      logState(removal, end)
    },
    showParked(failure) {
      removal.parkedFor = failure
      upsertMemo({ [PARKED_MEMO]: failure && parkedMemo(failure) })
      upsertSearchAttributes([{ key: searchAttributes.failure, value: failure?.kind ?? null }])
    },
    temporal: () => ({ workflowId: info.workflowId, runId: info.runId, namespace: info.namespace }),
  }
  setHandler(defineSignal<[VendorHint]>(VENDOR_HINT), () => {
    removal.hints.pending = true
  })
  setHandler(
    defineUpdate<ResumeAnswer, [ResumeRequest]>(RESUME),
    (request) => {
      const parkedFor = removal.parkedFor?.kind ?? ''
      removal.resumed = request
      return { parkedFor, state: removal.state }
    },
    { validator: (request) => refuseResume(removal, request) },
  )
  return removal
}

function parkedMemo(failure: FailureDocument): ParkedMemo {
  return { ...failure, since: new Date().toISOString() }
}

/** Not async: validators are called without await. */
function refuseResume(removal: Removal, request: ResumeRequest): void {
  const { parkedFor } = removal
  if (parkedFor === null || removal.resumed !== null)
    throw refusal(`removal ${removal.id} is not parked (${removal.state}), nothing to resume`)
  if (parkedFor.kind === 'UnknownOutcome' && request?.as === undefined) {
    throw refusal(`removal ${removal.id} needs an answer: resume it as started or as not-started`)
  }
  if (parkedFor.kind !== 'UnknownOutcome' && request?.as !== undefined) {
    throw refusal(
      `removal ${removal.id} is parked for ${parkedFor.kind}, which is no question: resume it without "as"`,
    )
  }
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidRequest')
}
