import { describe, expect, it } from 'vitest'
import { blankDocument } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'

describe('a failure about which only its kind is known', () => {
  const document = new RemovalFailure(
    'RateLimited',
    'create vendor job: the vendor answered 429',
  ).toDocument()

  it('becomes a whole document', () => {
    expect(document).toEqual({
      kind: 'RateLimited',
      message: 'create vendor job: the vendor answered 429',
      userMessage: expect.stringContaining('busy'),
      requestId: null,
      vendorJobId: null,
      attempts: null,
      retryable: true,
      hint: expect.stringContaining('wakes by itself'),
      proven: null,
    })
  })

  it('comes back from its document', () => {
    expect(RemovalFailure.fromDocument(document).toDocument()).toEqual(document)
  })

  it('fills the document of a removal that was refused', () => {
    const refused = blankDocument({ id: 'rm_1', failure: document })

    expect(refused).toMatchObject({ id: 'rm_1', state: 'failed', failure: document, output: null })
    expect(Object.values(refused)).not.toContain(undefined)
  })
})

describe('a failure about which more is known', () => {
  const facts = { requestId: 'req_1', vendorJobId: 'job_1', hint: 'Look there.', userMessage: 'Soon.' }

  it('says so in its document', () => {
    expect(new RemovalFailure('UnknownOutcome', 'start', facts).toDocument()).toMatchObject(facts)
  })

  it('keeps its cause out of its facts', () => {
    const cause = new Error('socket hang up')
    const failure = new RemovalFailure('VendorUnavailable', 'no answer', { cause, ...facts })

    expect(failure.cause).toBe(cause)
    expect(failure.facts).toEqual(facts)
  })
})

describe('an unknown error', () => {
  it('is ours when it has our shape, whichever copy of the module made it', () => {
    const foreign = Object.assign(new Error('x'), { name: 'RemovalFailure', kind: 'Unexpected', facts: {} })

    expect(isRemovalFailure(foreign)).toBe(true)
  })

  it.each([new Error('x'), null, 'RemovalFailure', { name: 'RemovalFailure', kind: 'x', facts: {} }])(
    'is not ours: %s',
    (error) => {
      expect(isRemovalFailure(error)).toBe(false)
    },
  )
})
