import { TypedSearchAttributes } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { DescribedRemoval } from '../../client/status/described-state.ts'
import { documentFromDescription } from '../../client/status/document-from-description.ts'
import type { RemovalState } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { searchAttributes } from '../../workflows/messages.ts'

type StatusName = DescribedRemoval['status']['name']

interface Told {
  status?: StatusName
  shown?: string
  kind?: string
  memo?: Record<string, unknown>
}

const documentOf = ({ status = 'RUNNING', shown = 'processing', kind, memo }: Told) =>
  documentFromDescription(
    {
      workflowId: 'removal/rm_1',
      runId: 'run',
      status: { name: status, code: 0 },
      startTime: new Date('2026-01-02T03:04:05Z'),
      ...(memo && { memo }),
      typedSearchAttributes: new TypedSearchAttributes([
        { key: searchAttributes.state, value: shown },
        ...(kind === undefined ? [] : [{ key: searchAttributes.failure, value: kind }]),
      ]),
    },
    'default',
  )

describe('the state of a described removal', () => {
  it.each<[StatusName, string, RemovalState]>([
    ['RUNNING', 'uploading', 'uploading'],
    ['RUNNING', 'parked', 'parked'],
    ['RUNNING', 'a state of a later version', 'accepted'],
    // Its document cannot be had before the workflow has closed.
    ['RUNNING', 'succeeded', 'retrieving'],
    ['PAUSED', 'drafting', 'drafting'],
    ['COMPLETED', 'succeeded', 'succeeded'],
    ['FAILED', 'failed', 'failed'],
    ['FAILED', 'cancelled', 'cancelled'],
    ['CANCELLED', 'processing', 'cancelled'],
    ['TERMINATED', 'processing', 'failed'],
    ['TIMED_OUT', 'processing', 'failed'],
  ])('is, %s and shown as %s, %s', (status, shown, state) => {
    expect(documentOf({ status, shown }).state).toBe(state)
  })
})

describe('the failure of a described removal', () => {
  it('is null while it runs', () => {
    expect(documentOf({}).failure).toBeNull()
  })

  it('is what the memo of a parked one holds', () => {
    const parked = new RemovalFailure('UnknownOutcome', 'was it started?').toDocument()

    expect(documentOf({ shown: 'parked', memo: { parked } }).failure).toEqual(parked)
  })

  it('is told apart from the time since when it is parked', () => {
    const parked = new RemovalFailure('InsufficientCredits', 'no credits').toDocument()
    const since = '2026-01-02T04:00:00.000Z'

    const document = documentOf({ shown: 'parked', memo: { parked: { ...parked, since } } })
    expect(document).toMatchObject({ failure: parked, parkedSince: since })
    expect(document.failure).not.toHaveProperty('since')
    expect(documentOf({ memo: { parked: { ...parked, since } } }).parkedSince).toBeNull()
  })

  it('has at least the kind that visibility shows', () => {
    expect(documentOf({ status: 'FAILED', shown: 'failed', kind: 'ProcessingFailed' }).failure?.kind).toBe(
      'ProcessingFailed',
    )
    expect(documentOf({ status: 'FAILED', shown: 'failed', kind: 'of a later version' }).failure?.kind).toBe(
      'Unexpected',
    )
  })
})

describe('the vendor jobs of a described removal', () => {
  const requested = { model: 'original', outputFormat: 'webm', background: { type: 'transparent' } }
  const jobsOf = (ids: string[], [model, format]: [string, string], purchases?: object[]) =>
    documentFromDescription(
      {
        workflowId: 'removal/rm_1',
        runId: 'run',
        status: { name: 'RUNNING', code: 1 },
        startTime: new Date('2026-01-02T03:04:05Z'),
        memo: { fingerprint: 'f', source: 'clip.mp4', requested, ...(purchases && { purchases }) },
        typedSearchAttributes: new TypedSearchAttributes([
          { key: searchAttributes.model, value: model },
          { key: searchAttributes.format, value: format },
          { key: searchAttributes.vendorJobId, value: ids },
        ]),
      },
      'default',
    ).vendorJobs?.map((job) => `${job.id} ${job.model} ${job.outputFormat}`)

  it('are what was requested, however often, while nothing says otherwise', () => {
    expect(jobsOf(['a', 'b'], ['original', 'webm'])).toEqual(['a original webm', 'b original webm'])
  })

  it('are what the memo says', () => {
    const purchases = [
      { vendorJobId: 'a', model: 'light', outputFormat: 'webm' },
      { vendorJobId: 'b', model: 'human', outputFormat: 'mov' },
    ]

    expect(jobsOf(['a', 'b'], ['human', 'mov'], purchases)).toEqual(['a light webm', 'b human mov'])
  })

  it('are, of a workflow of an earlier build, as far as its attributes know', () => {
    expect(jobsOf(['a'], ['human', 'mov'])).toEqual(['a original webm'])
    expect(jobsOf(['a', 'b'], ['human', 'mov'])).toEqual(['a original webm', 'b human mov'])
    expect(jobsOf(['a', 'b', 'c'], ['human', 'mov'])).toEqual(['a original webm', 'c human mov'])
  })
})

describe('a removal that was cancelled', () => {
  it('has the document that its workflow left in the memo', () => {
    const removal = { ...documentOf({}), state: 'cancelled', vendorJob: 'running' }

    expect(documentOf({ status: 'CANCELLED', memo: { removal } })).toEqual(removal)
  })

  it('has no vendor job when it was cancelled before its workflow began', () => {
    expect(documentOf({ status: 'CANCELLED', shown: 'accepted' })).toMatchObject({
      state: 'cancelled',
      vendorJob: 'none',
      failure: { kind: 'Cancelled' },
    })
  })
})
