import { describe, expect, it } from 'vitest'
import { createCachedPrices } from '../../../adapters/removebgvideo/cached-prices.ts'
import { DOCUMENTED_PRICES } from '../../../domain/pricing.ts'
import { RemovalFailure } from '../../../domain/removal-failure.ts'

function aPriceSource(...answers: (Record<string, number> | Error)[]) {
  let nowMs = 0
  let reads = 0
  const pricing = async () => {
    const answer = await Promise.resolve(answers[reads++])
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked too often')
    return { creditsPerMinute: answer, requestId: null }
  }
  const prices = createCachedPrices({ pricing }, { now: () => nowMs, ttlMs: 600_000 })
  return { prices, wait: (ms: number) => (nowMs += ms), reads: () => reads }
}

const down = new RemovalFailure('VendorUnavailable', 'read the price table: the vendor answered 503')

describe('prices', () => {
  it('are read once per TTL, and once for all who ask at the same time', async () => {
    const { prices, wait, reads } = aPriceSource({ original: 61 }, { original: 62 })

    const [first, second] = await Promise.all([prices(), prices()])
    wait(599_999)
    await prices()

    expect(first).toBe(second)
    expect(first).toEqual({
      table: { ...DOCUMENTED_PRICES.table, original: 61 },
      version: 'live 1970-01-01T00:00:00.000Z',
    })
    expect(reads()).toBe(1)
    wait(1)
    expect((await prices()).table.original).toBe(62)
  })

  it('are the documented ones before any were read', async () => {
    const { prices, wait, reads } = aPriceSource(down, { pro: 200 })

    expect(await prices()).toBe(DOCUMENTED_PRICES)
    wait(59_999)
    expect(await prices()).toBe(DOCUMENTED_PRICES)
    expect(reads()).toBe(1)
    wait(1)
    expect((await prices()).table.pro).toBe(200)
  })

  it('stay the last good ones while the vendor does not answer', async () => {
    const { prices, wait } = aPriceSource({ light: 50 }, down)

    await prices()
    wait(600_000)

    expect((await prices()).table.light).toBe(50)
  })

  it('do not hide a bug of our own', async () => {
    const { prices } = aPriceSource(new TypeError('ours'))

    await expect(prices()).rejects.toThrow(TypeError)
  })
})
