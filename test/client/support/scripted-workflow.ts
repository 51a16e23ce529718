import {
  ApplicationFailure,
  condition,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { FailureKind } from '../../../domain/failures.ts'
import type { RemovalDocument, RemovalState } from '../../../domain/removal-document.ts'
import { blankDocument } from '../../../domain/removal-document.ts'
import { RemovalFailure } from '../../../domain/removal-failure.ts'
import { removalIdOf } from '../../../domain/removal-id.ts'
import type { RemovalRequestInput } from '../../../domain/removal-request.schema.ts'
import type { ParkedMemo, ResumeRequest, ResumeResult } from '../../../workflows/messages.ts'
import { FINAL_DOCUMENT_MEMO, PARKED_MEMO, RESUME, searchAttributes } from '../../../workflows/messages.ts'
import type { checkVendorJob } from './check-vendor-job.ts'

/** What a removal of a test does, said by its `reference`; without one it succeeds at once. */
export type Script = 'fails' | 'parks' | 'asks' | 'waits'

const vendor = proxyActivities<{ checkVendorJob: typeof checkVendorJob }>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '50ms', backoffCoefficient: 1 },
})

/** What a removal's workflow shows to the outside (workflows/messages.ts), without the vendor's world behind it. */
export async function removeBackground(request: RemovalRequestInput): Promise<RemovalDocument> {
  const { workflowId, runId, namespace } = workflowInfo()
  const id = removalIdOf(workflowId)
  let isParked = false
  setHandler(
    defineUpdate<ResumeResult, [ResumeRequest]>(RESUME),
    (): ResumeResult => {
      isParked = false
      return { parkedFor: 'InsufficientCredits', state: 'parked' }
    },
    {
      validator: ({ as }: ResumeRequest) => {
        if (!isParked) throw ApplicationFailure.nonRetryable(`removal ${id} is not parked`, 'InvalidRequest')
        if (as !== undefined) throw ApplicationFailure.nonRetryable('it is no question', 'InvalidRequest')
      },
    },
  )
  const end = (state: RemovalState, kind: FailureKind | null): RemovalDocument => {
    enter(state)
    showFailure(kind)
    const failure = kind === null ? UNUSED : failureOf(kind)
    return {
      ...blankDocument({ id, failure, temporal: { workflowId, runId, namespace } }),
      state,
      failure: kind === null ? null : failure,
    }
  }

  if (request.reference === 'parks' || request.reference === 'asks') {
    isParked = true
    const kind = request.reference === 'parks' ? 'InsufficientCredits' : 'UnknownOutcome'
    const memo: ParkedMemo = { ...failureOf(kind), since: new Date().toISOString() }
    upsertMemo({ [PARKED_MEMO]: memo })
    showFailure(kind)
    enter('parked')
    await condition(() => !isParked)
    upsertMemo({ [PARKED_MEMO]: null })
    showFailure(null)
  }
  if (request.reference === 'fails') {
    const document = end('failed', 'ProcessingFailed')
    throw ApplicationFailure.create({
      type: 'ProcessingFailed',
      message: 'failed',
      nonRetryable: true,
      details: [document],
    })
  }
  if (request.reference === 'waits') {
    upsertSearchAttributes([{ key: searchAttributes.vendorJobId, value: [`job-${id}`] }])
    enter('processing')
    try {
      await vendor.checkVendorJob(id)
    } catch (error) {
      if (isCancellation(error)) upsertMemo({ [FINAL_DOCUMENT_MEMO]: end('cancelled', 'Cancelled') })
      throw error
    }
  }
  return end('succeeded', null)
}

const UNUSED = new RemovalFailure('Unexpected', 'replaced').toDocument()

function failureOf(kind: FailureKind) {
  return new RemovalFailure(kind, `the vendor says ${kind}`, { vendorJobId: 'job' }).toDocument()
}

function enter(state: RemovalState): void {
  upsertSearchAttributes([{ key: searchAttributes.state, value: state }])
}

function showFailure(kind: FailureKind | null): void {
  upsertSearchAttributes([{ key: searchAttributes.failure, value: kind }])
}
