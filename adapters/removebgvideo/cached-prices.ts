import type { Prices } from '../../domain/pricing.ts'
import { DOCUMENTED_PRICES } from '../../domain/pricing.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { VendorClient } from './create-vendor-client.ts'

/** "Cache briefly with a TTL" (docs/vendors/removebgvideo.md §8). */
const TTL_MS = 10 * 60_000
/** Prices are asked for before every purchase, so a vendor that does not answer must not hold it up. */
const TIMEOUT_MS = 5_000
const RETRY_AFTER_FAILURE_MS = 60_000

/**
 * The vendor's live prices, read at most once per TTL. While it does not answer, the last good ones hold, and
 * before any were read the documented ones. A model the live table leaves out keeps its documented price.
 */
export function createCachedPrices(
  client: Pick<VendorClient, 'pricing'>,
  { now = Date.now, ttlMs = TTL_MS } = {},
): () => Promise<Prices> {
  let prices = DOCUMENTED_PRICES
  let freshUntil = 0
  let reading: Promise<void> | null = null
  const read = async (): Promise<void> => {
    try {
      const { creditsPerMinute } = await client.pricing({ timeoutMs: TIMEOUT_MS })
      prices = {
        table: { ...DOCUMENTED_PRICES.table, ...creditsPerMinute },
        version: `live ${new Date(now()).toISOString()}`,
      }
      freshUntil = now() + ttlMs
    } catch (error) {
      if (!isRemovalFailure(error)) throw error
      freshUntil = now() + Math.min(ttlMs, RETRY_AFTER_FAILURE_MS)
    }
  }
  return async () => {
    if (now() >= freshUntil) {
      reading ??= read().finally(() => {
        reading = null
      })
      await reading
    }
    return prices
  }
}
