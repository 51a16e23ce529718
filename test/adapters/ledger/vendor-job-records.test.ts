import { describe, expect, it } from 'vitest'
import type { VendorJobRecord } from '../../../adapters/ledger/rows.ts'
import { startRecordOf } from '../../../adapters/ledger/start-records.ts'
import { aDraft, anEnd, aPurchase, aRemoval, DATABASES, later, useLedger } from './support/use-ledger.ts'

const ORDER = { model: 'human', outputFormat: 'webm' } as const

describe.each(DATABASES)('vendor jobs in %s', (kind) => {
  const { ledger } = useLedger(kind)
  const jobs = () => ledger().vendorJobs
  const recordOf = async (key: Parameters<ReturnType<typeof jobs>['find']>[0]): Promise<VendorJobRecord> =>
    (await jobs().find(key))!
  const recordedStart = async (key: Parameters<typeof recordOf>[0]) => startRecordOf(await recordOf(key))

  describe('two attempts that each made a draft', () => {
    it('go on with the one that was recorded first', async () => {
      const { id } = aRemoval()
      await ledger().removals.admit(aRemoval({ id }))
      const [first, second] = [aDraft({ removalId: id }), aDraft({ removalId: id })]

      expect(await jobs().recordDraft(first)).toMatchObject({ vendorJobId: first.vendorJobId })
      expect(await jobs().recordDraft(second)).toMatchObject({ vendorJobId: first.vendorJobId })
    })
  })

  describe('a draft that is not wanted any more', () => {
    it('makes room for a fresh one', async () => {
      const key = await aPurchase(ledger())

      await jobs().dropDraft(key)

      expect(await jobs().find(key)).toBeUndefined()
    })

    it('stays once a start was meant or established', async () => {
      const [intended, started] = [await aPurchase(ledger()), await aPurchase(ledger())]
      await jobs().intendStart(intended, later(1))
      await jobs().recordStarted(started, later(1))

      await jobs().dropDraft(intended)
      await jobs().dropDraft(started)

      expect(await jobs().find(intended)).toBeDefined()
      expect(await jobs().find(started)).toBeDefined()
    })
  })

  describe('twenty attempts that want to start at the same moment', () => {
    it('are told to send once', async () => {
      const key = await aPurchase(ledger())

      const intended = await Promise.all(
        Array.from({ length: 20 }, (_, attempt) => jobs().intendStart(key, later(attempt))),
      )

      expect(intended.filter((intent) => intent?.isIntended)).toHaveLength(1)
    })

    it('are told to repeat once', async () => {
      const key = await aPurchase(ledger())
      await jobs().intendStart(key, later(0))

      const intended = await Promise.all(
        Array.from({ length: 20 }, (_, attempt) => jobs().intendRepeat(key, later(attempt))),
      )

      expect(intended.filter(Boolean)).toHaveLength(1)
    })
  })

  describe('a removal that ended meanwhile', () => {
    it('is sent nothing', async () => {
      const key = await aPurchase(ledger())
      await ledger().removals.settle(key.removalId, anEnd({ state: 'cancelled' }))

      expect(await jobs().intendStart(key, later(1))).toMatchObject({
        isIntended: false,
        removal: { finalStatus: 'cancelled' },
      })
      expect(await jobs().intendRepeat(key, later(2))).toBe(false)
      expect(await recordedStart(key)).toMatchObject({ intendedAt: null, repeatedAt: null })
    })

    it('at the very moment either sends nothing, or holds its credits', async () => {
      for (let round = 0; round < 10; round += 1) {
        const key = await aPurchase(ledger())
        const posting = { ...key, project: 'default', variant: ORDER, reason: 'a price', at: later(0) }
        await ledger().credits.reserve({ ...posting, amountMillicredits: 2_250 })

        const [intended] = await Promise.all([
          jobs().intendStart(key, later(1)),
          ledger().removals.settle(key.removalId, anEnd({ state: 'cancelled' })),
        ])

        const document = (await ledger().removals.find(key.removalId))?.document
        expect(document?.vendorJob).toBe(intended?.isIntended ? 'unknown' : 'draft')
      }
    })
  })

  describe('a job id that the vendor gives a second time', () => {
    it('is a violation of its contract that names who has it', async () => {
      const first = await aPurchase(ledger())
      const second = aRemoval()
      await ledger().removals.admit(second)

      const error = await jobs()
        .recordDraft(aDraft({ removalId: second.id, vendorJobId: first.vendorJobId }))
        .catch((caught: unknown) => caught)

      expect(error).toMatchObject({
        kind: 'ContractViolation',
        message: expect.stringContaining(`purchase 1 of removal ${first.removalId}`),
      })
    })
  })

  describe('a send without effect', () => {
    it('leaves no intent of itself, and the next one is sent', async () => {
      const key = await aPurchase(ledger())
      await jobs().intendStart(key, later(1))
      await jobs().recordDoubt(key, later(2))

      await jobs().withdrawIntent(key, later(1))

      expect(await recordedStart(key)).toMatchObject({ intendedAt: null, inDoubtAt: null, repeatedAt: null })
      expect(await jobs().intendStart(key, later(3))).toMatchObject({ isIntended: true })
    })

    it('that was the repeat leaves the intent of the first send', async () => {
      const key = await aPurchase(ledger())
      await jobs().intendStart(key, later(1))
      await jobs().recordDoubt(key, later(2))
      await jobs().intendRepeat(key, later(3))

      await jobs().withdrawRepeat(key, later(3))

      expect(await recordedStart(key)).toMatchObject({
        intendedAt: later(1).getTime(),
        inDoubtAt: later(2).getTime(),
        repeatedAt: null,
      })
      expect(await jobs().intendRepeat(key, later(4))).toBe(true)
    })
  })

  describe('a send without effect that ends late', () => {
    it('leaves the intents of the attempt that repeated it meanwhile', async () => {
      const key = await aPurchase(ledger())
      await jobs().intendStart(key, later(1))
      await jobs().intendRepeat(key, later(3))

      await jobs().withdrawIntent(key, later(1))

      expect(await recordedStart(key)).toMatchObject({
        intendedAt: later(1).getTime(),
        repeatedAt: later(3).getTime(),
      })
    })

    it('leaves the intent of an attempt that sent anew meanwhile', async () => {
      const key = await aPurchase(ledger())
      await jobs().intendStart(key, later(2))

      await jobs().withdrawIntent(key, later(1))

      expect(await recordedStart(key)).toMatchObject({ intendedAt: later(2).getTime() })
    })
  })

  describe("a person's answer", () => {
    it('"started" establishes the start', async () => {
      const key = await unknown()

      await jobs().applyAnswer(key, { number: 1, as: 'started' }, later(9))

      expect(await recordedStart(key)).toMatchObject({ startedAt: later(9).getTime() })
    })

    it('"not started" lets the start be sent again', async () => {
      const key = await unknown()

      await jobs().applyAnswer(key, { number: 1, as: 'not-started' }, later(9))

      expect(await jobs().intendStart(key, later(10))).toMatchObject({ isIntended: true })
    })

    it('is applied once, so that a repeated activity cannot send twice', async () => {
      const key = await unknown()
      const answer = { number: 1, as: 'not-started' } as const
      await jobs().applyAnswer(key, answer, later(9))
      await jobs().intendStart(key, later(10))

      await jobs().applyAnswer(key, answer, later(11))

      expect(await jobs().intendStart(key, later(12))).toMatchObject({ isIntended: false })
    })

    it('that is older than one applied changes nothing', async () => {
      const key = await unknown()
      await jobs().applyAnswer(key, { number: 2, as: 'not-started' }, later(9))

      await jobs().applyAnswer(key, { number: 1, as: 'started' }, later(10))

      expect(await recordedStart(key)).toMatchObject({ startedAt: null })
    })

    it('"not started" does not undo an established start', async () => {
      const key = await unknown()
      await jobs().recordStarted(key, later(5))

      await jobs().applyAnswer(key, { number: 1, as: 'not-started' }, later(9))

      expect(await recordedStart(key)).toMatchObject({ startedAt: later(5).getTime() })
    })
  })

  describe("the vendor's request ids", () => {
    it('are kept in order, each once', async () => {
      const key = await aPurchase(ledger())

      for (const requestId of ['req_2', null, 'req_1', 'req_2']) await jobs().addRequestId(key, requestId)

      expect((await recordOf(key)).requestIds).toEqual(['req_2', 'req_1'])
    })

    it('are all kept when several come at the same moment', async () => {
      const key = await aPurchase(ledger())
      const ids = Array.from({ length: 10 }, (_, index) => `req_${index}`)

      await Promise.all([...ids, ...ids].map((requestId) => jobs().addRequestId(key, requestId)))

      expect((await recordOf(key)).requestIds.toSorted()).toEqual(ids)
    })
  })

  describe('a removal with several purchases', () => {
    it('lists them in their order', async () => {
      const key = await aPurchase(ledger())
      await jobs().recordDraft(aDraft({ removalId: key.removalId, purchase: 3 }))
      await jobs().recordDraft(aDraft({ removalId: key.removalId, purchase: 2 }))

      expect((await jobs().all(key.removalId)).map(({ purchase }) => purchase)).toEqual([1, 2, 3])
    })
  })

  async function unknown() {
    const key = await aPurchase(ledger())
    await jobs().intendStart(key, later(1))
    await jobs().recordDoubt(key, later(2))
    await jobs().intendRepeat(key, later(3))
    return key
  }
})
