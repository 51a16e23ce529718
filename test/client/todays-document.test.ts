import { describe, expect, it } from 'vitest'
import { todaysDocument } from '../../client/status/todays-document.ts'
import { adviceFor } from '../../domain/failure-advice.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { blankDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

const failure = new RemovalFailure('InsufficientCredits', 'no credits').toDocument()

/** As version 0.1 wrote it. */
function anOldDocument(given: Partial<RemovalDocument> = {}): RemovalDocument {
  const {
    outage: _outage,
    refusedOutput: _refusedOutput,
    ...old
  } = { ...blankDocument({ id: 'rm_7', failure }), ...given }
  return old as RemovalDocument
}

describe('a document of an older version', () => {
  it('has every field of today, null where it had none', () => {
    const document = todaysDocument(anOldDocument({ state: 'succeeded', failure: null }))

    expect(Object.keys(document).toSorted()).toEqual(
      Object.keys(blankDocument({ id: '', failure })).toSorted(),
    )
    expect(document).toMatchObject({ id: 'rm_7', state: 'succeeded', failure: null, outage: null })
  })

  it('has no warning about an output of which nobody had a doubt', () => {
    const output = { location: 'file:///a', bytes: 1, sha256: 'f', durationSeconds: 3, hasAlpha: true }
    const document = anOldDocument({
      state: 'succeeded',
      failure: null,
      output: output as RemovalDocument['output'],
    })

    expect(todaysDocument(document).output).toEqual({ ...output, warnings: [] })
  })

  it('names its removal in the commands of its hint', () => {
    expect(todaysDocument(anOldDocument()).failure?.hint).toBe(adviceFor('InsufficientCredits', 'rm_7').hint)
    const old = { ...failure, hint: 'See exchanges/<removalId>/, then: resume <id>' }
    expect(todaysDocument(anOldDocument({ failure: old })).failure?.hint).toBe(
      'See exchanges/rm_7/, then: resume rm_7',
    )
  })

  it('has not been charged for a job that ran on when it was cancelled', () => {
    const job = (id: string) => ({
      id,
      model: 'human' as const,
      outputFormat: 'webm' as const,
      state: 'processing',
      keyAlias: 'default',
      requestIds: [],
      credits: { estimated: 3, charged: 3 },
    })
    const document = anOldDocument({
      state: 'cancelled',
      vendorJob: 'running',
      credits: { estimated: 6, charged: 6, unit: 'credit' },
      vendorJobs: [job('1'), job('2')],
    })

    const { credits, vendorJobs } = todaysDocument(document)

    expect(credits).toEqual({ estimated: 6, charged: null, unit: 'credit' })
    expect(vendorJobs?.map((each) => each.credits.charged)).toEqual([3, null])
  })
})
