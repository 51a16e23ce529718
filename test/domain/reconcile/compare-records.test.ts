import { describe, expect, it } from 'vitest'
import { closingOf } from '../../../domain/reconcile/closing-of.ts'
import type { BothRecords } from '../../../domain/reconcile/compare-records.ts'
import { compareRecords } from '../../../domain/reconcile/compare-records.ts'
import { compareUsage } from '../../../domain/reconcile/compare-usage.ts'
import type { OurPurchase } from '../../../domain/reconcile/our-purchase.ts'
import { needsStatusCheck } from '../../../domain/reconcile/our-purchase.ts'
import { boundedReport } from '../../../domain/reconcile/reconcile-report.ts'
import type { TheirJob } from '../../../domain/reconcile/their-job.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const [MINUTE, DAY] = [60_000, 86_400_000]

/** A purchase of a removal that is over, settled for what the vendor shows of it. */
function ours(given: Partial<OurPurchase> = {}): OurPurchase {
  return {
    removalId: 'rm_1',
    purchase: 1,
    workflowId: 'removal/rm_1',
    project: 'shop',
    model: 'human',
    outputFormat: 'webm',
    isRemovalClosed: true,
    vendorJobId: 'job-1',
    keyAlias: 'default',
    draftStatus: 'created',
    finalStatus: 'completed',
    start: 'started',
    startedAtMs: NOW - 10 * MINUTE,
    reservedAtMs: NOW - 11 * MINUTE,
    estimatedMillicredits: 2_250,
    creditsPerMinute: 45,
    durationSeconds: 3,
    heldMillicredits: 0,
    spentMillicredits: 2_250,
    closing: 'settle',
    ...given,
  }
}

const held = (given: Partial<OurPurchase> = {}) =>
  ours({ closing: null, heldMillicredits: 2_250, spentMillicredits: 0, finalStatus: null, ...given })
const inDoubt = (given: Partial<OurPurchase> = {}) => held({ start: 'in-doubt', ...given })
const released = (given: Partial<OurPurchase> = {}) =>
  ours({
    closing: 'release',
    spentMillicredits: 0,
    start: 'none',
    startedAtMs: null,
    finalStatus: null,
    ...given,
  })

function theirs(state: TheirJob['state'], given: Partial<TheirJob> = {}): TheirJob {
  const durationSeconds = state === 'completed' ? 3 : null
  return {
    id: 'job-1',
    keyAlias: 'default',
    status: state,
    state,
    durationSeconds,
    billingStatus: null,
    error: null,
    createdAtMs: NOW - 11 * MINUTE,
    ...given,
  }
}

function compare(
  purchase: OurPurchase | null,
  look: TheirJob | null | undefined,
  given: Partial<BothRecords> = {},
) {
  return compareRecords({
    purchases: purchase === null ? [] : [purchase],
    statusChecks: new Map(purchase?.vendorJobId && look !== undefined ? [[purchase.vendorJobId, look]] : []),
    unknownJobs: [],
    draftLosers: [],
    abandonedRemovals: new Set(),
    blindKeys: new Set(),
    nowMs: NOW,
    ...given,
  })
}

const old = { startedAtMs: NOW - 2 * DAY }

describe('a purchase and its vendor job', () => {
  it.each<[string, OurPurchase, TheirJob | null | undefined]>([
    ['was settled and its list row agreed', ours(), undefined],
    ['was settled for the length the vendor shows', ours(), theirs('completed')],
    [
      'failed and counts as charged',
      ours({ finalStatus: 'failed', durationSeconds: null }),
      theirs('failed'),
    ],
    [
      'was settled for an estimate that the length confirms',
      ours({ durationSeconds: null }),
      theirs('completed'),
    ],
    ['was released and is a draft', released(), theirs('created')],
    ['was released and is gone', released(), null],
    [
      'was released and is still the pending draft it was',
      released({ draftStatus: 'pending' }),
      theirs('pending'),
    ],
    ['is of a removal that is unfinished', held({ isRemovalClosed: false }), undefined],
  ])('agree where it %s', (_, purchase, look) => {
    expect(compare(purchase, look)).toEqual({ differences: [], open: [] })
  })

  it.each<[string, string, OurPurchase, TheirJob | null | undefined, number | null, number | null]>([
    ['billed-and-unrecorded', 'a released one runs', released(), theirs('processing'), 0, 2.25],
    [
      'billed-and-unrecorded',
      'a released one has ended',
      released(),
      theirs('completed', { durationSeconds: 4 }),
      0,
      3,
    ],
    ['recorded-and-unbilled', 'a settled one is a draft', ours(), theirs('created'), 2.25, 0],
    ['recorded-and-unbilled', 'an accepted start left a draft', held(old), theirs('created'), 2.25, 0],
    ['amount-differs', 'the length is another', ours(), theirs('completed', { durationSeconds: 4 }), 2.25, 3],
    ['visibility-gap', 'the vendor denies a settled job', ours(), null, 2.25, null],
    ['visibility-gap', 'the vendor denies a job that is held', held(), null, 2.25, null],
    ['visibility-gap', 'the key of a held job is gone', held(), undefined, 2.25, null],
    ['stuck-reservations', 'a job runs for days', held(old), theirs('processing'), 2.25, null],
    [
      'stuck-reservations',
      'one in doubt is pending for days',
      inDoubt({ ...old, draftStatus: 'pending' }),
      theirs('pending'),
      2.25,
      null,
    ],
    [
      'stuck-reservations',
      'its word is unknown for days',
      held(old),
      theirs('unknown', { status: 'paused' }),
      2.25,
      null,
    ],
  ])('differ as %s where %s', (kind, _, purchase, look, our, their) => {
    const { differences, open } = compare(purchase, look)

    expect(open).toEqual([])
    expect(differences).toHaveLength(1)
    expect(differences[0]).toMatchObject({
      kind,
      removalId: 'rm_1',
      purchase: 1,
      vendorJobId: 'job-1',
      keyAlias: 'default',
      ours: our,
      theirs: their,
    })
    expect(differences[0]?.next).not.toBe('')
  })

  it.each<[string, OurPurchase, TheirJob | undefined]>([
    ['still runs after its removal was cancelled', held(), theirs('processing')],
    ['has a start that may still show', inDoubt(), theirs('created')],
    ['has a start that nobody answered for', inDoubt({ isRemovalClosed: false }), undefined],
  ])('are open where it %s', (_, purchase, look) => {
    const { differences, open } = compare(purchase, look)

    expect(differences).toEqual([])
    expect(open).toMatchObject([{ removalId: 'rm_1', purchase: 1, vendorJobId: 'job-1', held: 2.25 }])
  })

  it('are stuck, with the way on, when no workflow runs for an unfinished removal', () => {
    const given = { abandonedRemovals: new Set(['rm_1']) }
    const { differences } = compare(held({ isRemovalClosed: false }), undefined, given)

    expect(differences).toMatchObject([{ kind: 'stuck-reservations', removalId: 'rm_1', ours: 2.25 }])
    expect(differences[0]?.next).toContain('temporal workflow reset --workflow-id removal/rm_1')
  })

  it('leave one gap for all that was settled with a key that is gone', () => {
    const purchases = ['rm_1', 'rm_2'].map((removalId) => ours({ removalId, keyAlias: 'spring' }))
    const { differences } = compare(null, undefined, { purchases, blindKeys: new Set(['spring', 'winter']) })

    expect(differences).toMatchObject([
      { kind: 'visibility-gap', keyAlias: 'spring', ours: 4.5, theirs: null },
    ])
    expect(differences[0]?.next).toContain('REMOVEBGVIDEO_RETIRED_KEYS')
  })
})

describe('a job that no purchase knows', () => {
  it.each(['created', 'pending'] as const)('is an orphan draft while it is %s', (state) => {
    const { differences } = compare(null, undefined, { unknownJobs: [theirs(state)] })

    expect(differences).toMatchObject([{ kind: 'orphan-drafts', removalId: null, ours: 0, theirs: 0 }])
  })

  it.each(['processing', 'completed', 'failed', 'unknown'] as const)(
    'was bought without us once it is %s',
    (state) => {
      const { differences } = compare(null, undefined, { unknownJobs: [theirs(state)] })

      expect(differences).toMatchObject([{ kind: 'billed-and-unrecorded', vendorJobId: 'job-1', ours: 0 }])
    },
  )

  it('is laid to the removal that lived when it was made, and had lost a draft', () => {
    const draftLosers = [
      { removalId: 'over', createdAtMs: NOW - 60 * MINUTE, closedAtMs: NOW - 30 * MINUTE },
      { removalId: 'likely', createdAtMs: NOW - 12 * MINUTE, closedAtMs: null },
      { removalId: 'later', createdAtMs: NOW - MINUTE, closedAtMs: null },
    ]
    const { differences } = compare(null, undefined, { unknownJobs: [theirs('created')], draftLosers })

    expect(differences).toMatchObject([{ kind: 'orphan-drafts', removalId: 'likely' }])
  })
})

describe('closing what outlived its removal', () => {
  it.each<[string, OurPurchase, TheirJob | undefined, unknown]>([
    [
      'settles a job that has completed',
      held(),
      theirs('completed', { durationSeconds: 4 }),
      { kind: 'settle', chargedMillicredits: 3_000 },
    ],
    [
      'settles a failed job at the estimate',
      held(),
      theirs('failed'),
      { kind: 'settle', chargedMillicredits: 2_250 },
    ],
    [
      'settles a start in doubt whose job has ended',
      inDoubt(),
      theirs('completed'),
      { kind: 'settle', chargedMillicredits: 2_250 },
    ],
    [
      'releases what never had a job',
      held({ vendorJobId: null, start: 'none' }),
      undefined,
      { kind: 'release' },
    ],
    [
      'releases a draft that was not started',
      held({ start: 'none' }),
      theirs('created'),
      { kind: 'release' },
    ],
    ['releases a start in doubt that did not happen', inDoubt(old), theirs('created'), { kind: 'release' }],
    ['keeps a start in doubt that may still show', inDoubt(), theirs('created'), null],
    ['keeps what may be queued', inDoubt({ ...old, draftStatus: 'pending' }), theirs('pending'), null],
    ['keeps what the vendor accepted and shows as a draft', held(old), theirs('created'), null],
    ['keeps what still runs', held(), theirs('processing'), null],
    ['keeps what could not be checked', held(), undefined, null],
    ['keeps what somebody else started', held({ start: 'none' }), theirs('completed'), null],
    ['leaves an unfinished removal alone', held({ isRemovalClosed: false }), theirs('completed'), null],
    ['posts nothing twice', ours(), theirs('completed'), null],
  ])('%s', (_, purchase, look, closing) => {
    const found = closingOf(purchase, look, NOW)

    if (closing === null) expect(found).toBeNull()
    else expect(found).toMatchObject(closing as object)
  })

  it('keeps the billing status word for word in the reason', () => {
    const closing = closingOf(held(), theirs('completed', { billingStatus: 'Pre-Paid?' }), NOW)

    expect(closing?.reason).toBe(
      'vendor job job-1 completed: 3 s × 45 credits/min, rounded up to 1/1000, is 2.25; billing status Pre-Paid?',
    )
  })
})

describe('the vendor’s list', () => {
  it.each<[string, boolean, OurPurchase, TheirJob | undefined]>([
    ['agrees with what was settled', false, ours(), theirs('completed')],
    ['leaves the length out', false, ours(), theirs('completed', { durationSeconds: null })],
    ['has another length', true, ours(), theirs('completed', { durationSeconds: 4 })],
    ['shows what was settled as running', true, ours(), theirs('processing')],
    ['skips what was settled', true, ours(), undefined],
    ['skips what was released', false, released(), undefined],
    ['shows what was released as running', true, released(), theirs('processing')],
    ['says that something held has ended', true, held(), theirs('completed')],
    ['says anything of an unfinished removal', false, held({ isRemovalClosed: false }), theirs('completed')],
    ['knows nothing, as no draft was made', false, held({ vendorJobId: null }), undefined],
  ])('that %s: a status check is needed? %s', (_, needed, purchase, listed) => {
    expect(needsStatusCheck(purchase, listed)).toBe(needed)
  })
})

describe('the total of a key', () => {
  const usage = (theirsMillicredits: number | null, purchases: OurPurchase[]) =>
    compareUsage({ keyAlias: 'default', days: 7, nowMs: NOW, purchases, theirsMillicredits })

  it.each<[string, number | null, OurPurchase[]]>([
    ['equals our sum', 4_500, [ours(), ours()]],
    ['is not given', null, [ours()]],
    ['counts what is open already', 4_500, [ours(), held()]],
    ['does not count yet what is open', 2_250, [ours(), held()]],
    ['leaves out our purchases with other keys', 2_250, [ours(), ours({ keyAlias: 'spring' })]],
    ['begins anywhere in its first day', 2_250, [ours(), ours({ startedAtMs: NOW - 6.5 * DAY })]],
    [
      'counts an open purchase of unknown length',
      9_000,
      [ours(), held({ heldMillicredits: 0, estimatedMillicredits: null })],
    ],
  ])('is no difference where it %s', (_, total, purchases) => {
    expect(usage(total, purchases).difference).toBeNull()
  })

  it.each<[string, number, OurPurchase[], string]>([
    ['is higher', 4_501, [ours(), ours()], 'billed and unrecorded'],
    ['is lower', 4_499, [ours(), ours()], 'matteflow usage'],
    ['is lower by the failed jobs', 2_250, [ours(), ours({ finalStatus: 'failed' })], 'failed jobs'],
  ])('differs where it %s by a millicredit, and says where to look', (_, total, purchases, next) => {
    const { difference } = usage(total, purchases)

    expect(difference).toMatchObject({
      kind: 'usage-total-differs',
      keyAlias: 'default',
      theirs: total / 1_000,
    })
    expect(difference?.next).toContain(next)
  })
})

describe('a report of very many differences', () => {
  it('counts them all and carries the worst', () => {
    const drafts = Array.from({ length: 1_000 }, () => theirs('created'))
    const { differences } = compare(released(), theirs('completed'), { unknownJobs: drafts })

    const report = boundedReport({
      project: null,
      days: 30,
      at: new Date(NOW).toISOString(),
      checked: { purchases: 1, listedJobs: 1_001, looks: 1_001 },
      usage: [],
      closed: [],
      open: [],
      differences,
    })

    expect(report.counts).toMatchObject({ 'orphan-drafts': 1_000, 'billed-and-unrecorded': 1 })
    expect(report.differences[0]?.kind).toBe('billed-and-unrecorded')
    expect(report.differences.length + report.omitted).toBe(1_001)
    expect(JSON.stringify(report).length).toBeLessThan(500_000)
  })
})
