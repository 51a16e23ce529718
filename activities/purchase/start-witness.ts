import { json } from 'node:stream/consumers'
import type { Purchase, VendorJobRecord } from '../../adapters/ledger/rows.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { oneChunk } from '../../adapters/storage/storage.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/**
 * What the storage keeps of a start that was about to be sent. The intent in the ledger decides; this is its
 * witness, for a ledger that was restored from a backup lacks the intents of the time since (docs/architecture.md).
 */
export type StartWitness = Pick<
  VendorJobRecord,
  'vendorJobId' | 'keyAlias' | 'model' | 'outputFormat' | 'draftStatus' | 'startAnswer'
> & { estimatedMillicredits: number | null; creditsPerMinute: number | null; priceVersion: string | null }

/** It lies between the intent and the send, which must not drift apart: see `SEND_WITHIN_MS` in start-vendor-job.ts. */
const TIMEOUT_MS = 3_000

/** The witness of the last start of a purchase; undefined where none was ever about to be sent. */
export async function startWitnessOf(
  purchase: Purchase,
  storage: Storage,
): Promise<StartWitness | undefined> {
  const key = keyOf(purchase)
  return soon(key, async (signal) =>
    (await storage.stat(key)) === undefined
      ? undefined
      : ((await json(await storage.read(key, { signal }))) as StartWitness),
  )
}

/** Whether a start of this job was about to be sent that no answer of a person has resolved since. */
export function testifies(witness: StartWitness | undefined, job: VendorJobRecord): boolean {
  return witness?.vendorJobId === job.vendorJobId && witness.startAnswer >= job.startAnswer
}

/** Keeps the witness of a start, in the place of an earlier one's of the same purchase. */
export async function keepStartWitness(job: VendorJobRecord, storage: Storage): Promise<void> {
  const { vendorJobId, keyAlias, model, outputFormat, draftStatus, startAnswer } = job
  const { estimatedMillicredits, creditsPerMinute, priceVersion } = job
  const witness: StartWitness = {
    ...{ vendorJobId, keyAlias, model, outputFormat, draftStatus, startAnswer },
    ...{ estimatedMillicredits, creditsPerMinute, priceVersion },
  }
  const key = keyOf(job)
  await soon(key, (signal) =>
    storage.write(key, oneChunk(JSON.stringify(witness)), { contentType: 'application/json', signal }),
  )
}

/** The start certainly had no effect. Where that cannot be recorded, a status check will establish it. */
export async function dropStartWitness(purchase: Purchase, storage: Storage): Promise<void> {
  await storage.remove(keyOf(purchase))
}

function keyOf({ removalId, purchase }: Purchase): string {
  return `starts/${removalId}/${purchase}.json`
}

async function soon<Result>(key: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await work(signal)
  } catch (error) {
    if (!signal.aborted) throw error
    throw new RemovalFailure('PlatformUnavailable', `storage: ${key}: no answer in ${TIMEOUT_MS / 1_000} s`, {
      cause: error,
    })
  }
}
