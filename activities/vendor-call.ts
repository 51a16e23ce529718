import { Context } from '@temporalio/activity'
import type { VendorExchange } from '../adapters/removebgvideo/call/vendor-call.ts'
import type { CallOptions } from '../adapters/removebgvideo/create-vendor-client.ts'
import { oneChunk } from '../adapters/storage/storage.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import type { GuardedVendorClient } from './breakers.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** The client of the key that made a job; only that key can see it (docs/vendors/removebgvideo.md §2). */
export function clientOf(
  alias: string,
  vendor: ActivityDependencies['vendor'],
  vendorJobId: string,
): GuardedVendorClient {
  const client = vendor.byAlias(alias)
  if (client !== undefined) return client
  throw new RemovalFailure(
    'CredentialsRejected',
    `vendor job ${vendorJobId}: no key with the alias ${alias} is configured`,
    {
      vendorJobId,
      hint: `Add ${alias}:<key> to REMOVEBGVIDEO_RETIRED_KEYS, restart the worker, then resume the removal.`,
    },
  )
}

/** Options of every vendor call in an activity: it ends with the activity, and what was said is kept. */
export function callOptions(
  removalId: string,
  { storage }: Pick<ActivityDependencies, 'storage'>,
): CallOptions {
  const { cancellationSignal } = Context.current()
  return { signal: cancellationSignal, onExchange: (exchange) => keepExchange(removalId, exchange, storage) }
}

const KEEP_TIMEOUT_MS = 3_000

let sequence = 0

async function keepExchange(
  removalId: string,
  exchange: VendorExchange,
  storage: ActivityDependencies['storage'],
): Promise<void> {
  sequence = (sequence + 1) % 1_000_000
  const moment = exchange.at.replaceAll(/[:.]/g, '-')
  const key = `exchanges/${removalId}/${moment}-${exchange.operation}-${String(sequence).padStart(6, '0')}.json`
  // A call's reply must not wait for a slow storage: its activity has a time of its own to keep.
  await storage.write(key, oneChunk(`${JSON.stringify(exchange, null, 2)}\n`), {
    contentType: 'application/json',
    signal: AbortSignal.timeout(KEEP_TIMEOUT_MS),
  })
}
