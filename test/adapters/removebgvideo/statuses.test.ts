import { describe, expect, it } from 'vitest'
import type { Operation } from '../../../adapters/removebgvideo/index.ts'
import type { FailureKind } from '../../../domain/failures.ts'
import type { SendOutcome } from '../../../domain/removal-failure.ts'
import { aClient, CALLS, failureOf, JOB_ID, OPERATIONS } from './support/calls.ts'
import { startAnswering } from './support/vendor-server.ts'

const TAKES_SETTINGS: Operation[] = ['upload', 'createDraft', 'startJob']
const READS_ONE_JOB: Operation[] = ['getJob', 'legacyDownload']

interface Row {
  status: number
  sendOutcome: SendOutcome
  /** Where no other is named. */
  kind: FailureKind
  but?: { of: Operation[]; kind: FailureKind }
}

const ROWS: Row[] = [
  { status: 301, sendOutcome: 'in-doubt', kind: 'ContractViolation' },
  { status: 302, sendOutcome: 'in-doubt', kind: 'ContractViolation' },
  {
    status: 400,
    sendOutcome: 'refused',
    kind: 'ContractViolation',
    but: { of: TAKES_SETTINGS, kind: 'InvalidRequest' },
  },
  { status: 401, sendOutcome: 'refused', kind: 'CredentialsRejected' },
  { status: 402, sendOutcome: 'refused', kind: 'InsufficientCredits' },
  { status: 403, sendOutcome: 'refused', kind: 'CredentialsRejected' },
  {
    status: 404,
    sendOutcome: 'in-doubt',
    kind: 'ContractViolation',
    but: { of: READS_ONE_JOB, kind: 'JobNotVisible' },
  },
  { status: 409, sendOutcome: 'in-doubt', kind: 'ContractViolation' },
  {
    status: 413,
    sendOutcome: 'in-doubt',
    kind: 'ContractViolation',
    but: { of: ['upload'], kind: 'InvalidRequest' },
  },
  {
    status: 415,
    sendOutcome: 'in-doubt',
    kind: 'ContractViolation',
    but: { of: ['upload'], kind: 'InvalidRequest' },
  },
  {
    status: 422,
    sendOutcome: 'refused',
    kind: 'ContractViolation',
    but: { of: TAKES_SETTINGS, kind: 'InvalidRequest' },
  },
  { status: 429, sendOutcome: 'refused', kind: 'RateLimited' },
  { status: 500, sendOutcome: 'in-doubt', kind: 'VendorUnavailable' },
  { status: 502, sendOutcome: 'in-doubt', kind: 'VendorUnavailable' },
  { status: 503, sendOutcome: 'in-doubt', kind: 'VendorUnavailable' },
  { status: 504, sendOutcome: 'in-doubt', kind: 'VendorUnavailable' },
]

const TABLE = ROWS.flatMap(({ status, sendOutcome, kind, but }) =>
  OPERATIONS.map((operation) => ({
    operation,
    status,
    sendOutcome,
    kind: but?.of.includes(operation) ? but.kind : kind,
  })),
)

const CREDITS_MISSING = { error: { code: 'insufficient_credits', message: 'Not enough credits' } }

describe('an answer that is no success', () => {
  it.each(TABLE)('$operation × $status is $kind, $sendOutcome', async (row) => {
    const body = { error: { code: 'some_code', message: 'some words', request_id: 'req_81' } }
    const { url, requests } = await startAnswering(row.status, body, { location: 'http://127.0.0.1:1/' })

    const { kind, facts, message } = await failureOf(CALLS[row.operation](aClient(url)))

    expect({ kind, sendOutcome: facts.sendOutcome }).toEqual({ kind: row.kind, sendOutcome: row.sendOutcome })
    expect(facts).toMatchObject({ httpStatus: row.status, vendorCode: 'some_code', requestId: 'req_81' })
    expect(message).toContain(`the vendor answered ${row.status}`)
    expect(requests).toHaveLength(1)
  })

  it.each(OPERATIONS)('%s: missing credits are known by their code under any status', async (operation) => {
    const { url } = await startAnswering(500, CREDITS_MISSING)

    const { kind, facts } = await failureOf(CALLS[operation](aClient(url)))

    expect(kind).toBe('InsufficientCredits')
    expect(facts.sendOutcome).toBe('refused')
  })

  it('says missing credits under a 2xx as well', async () => {
    const { url } = await startAnswering(200, { success: false, ...CREDITS_MISSING })

    const { kind, facts } = await failureOf(aClient(url).startJob(JOB_ID))

    expect([kind, facts.sendOutcome]).toEqual(['InsufficientCredits', 'refused'])
  })

  it.each([
    ['invalid_api_key', 'CredentialsRejected'],
    ['missing_api_key', 'CredentialsRejected'],
    ['invalid_request', 'InvalidRequest'],
  ])('400 with the code %s is %s', async (code, kind) => {
    const { url } = await startAnswering(400, { error: { code, message: 'no' } })

    expect((await failureOf(CALLS.createDraft(aClient(url)))).kind).toBe(kind)
  })

  it('takes the request id from the header where the body has none', async () => {
    const { url } = await startAnswering(503, 'busy', { 'x-request-id': 'req_head' })

    const failure = await failureOf(aClient(url).startJob(JOB_ID))

    expect(failure.message).toBe(`start vendor job ${JOB_ID}: the vendor answered 503 (request req_head)`)
    expect(failure.facts).toMatchObject({ requestId: 'req_head', vendorJobId: JOB_ID })
  })

  it.each([
    ['7', 7_000],
    ['0', 0],
    ['1.5', 1_500],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['12/2', null],
  ])('Retry-After: %s asks for %s ms', async (header, expected) => {
    const { url } = await startAnswering(429, {}, { 'retry-after': header })

    expect((await failureOf(CALLS.getJob(aClient(url)))).facts.retryAfterMs).toBe(expected)
  })

  it.each([
    ['an object', { error: { message: 'File too large' } }],
    ['a string', { error: 'File too large' }],
    ['a message', { message: 'File too large' }],
    ['a detail', { detail: 'File too large' }],
    ['a list of details', { detail: [{ msg: 'File too large' }] }],
  ])('quotes the words of a refusal given as %s', async (_shape, body) => {
    const { url } = await startAnswering(400, body)

    expect((await failureOf(CALLS.upload(aClient(url)))).message).toContain(': File too large')
  })

  it('keeps messages short and on one line', async () => {
    const { url } = await startAnswering(400, { error: `line\n${'x'.repeat(5_000)}` })

    const { message } = await failureOf(aClient(url).startJob('j'.repeat(500)))

    expect(message.length).toBeLessThanOrEqual(400)
    expect(message).not.toContain('\n')
  })
})
