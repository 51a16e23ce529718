import { buffer } from 'node:stream/consumers'
import type { RemovalRecord } from '../adapters/ledger/rows.ts'
import type { ProbedInput } from '../adapters/media/input/probe-input.ts'
import { probeInput } from '../adapters/media/input/probe-input.ts'
import { verifyOutput } from '../adapters/media/output/verify-output.ts'
import type { Storage } from '../adapters/storage/storage.ts'
import type { HostRules } from '../adapters/transfer/host-rules.ts'
import { openRangedUrl } from '../adapters/transfer/ranged-reader.ts'
import { RemovalFailure } from '../domain/removal-failure.ts'
import { inputUrlOf } from './purchase/input-url.ts'

/** What a host that is asked for a few ranges may take, milliseconds; within the activity's own time. */
const PROBE_TIMEOUT_MS = 30_000

/** What a removal goes by of its input. */
export type InspectedInput = Pick<
  ProbedInput,
  'contentType' | 'durationSeconds' | 'pictureSeconds' | 'sizeBytes'
>

/** What looks into videos. A tape, which has none, answers what was seen when it was recorded. */
export interface Media {
  /** An input's container and length, without reading the whole. Fails as `InvalidInput`. */
  probe(record: RemovalRecord, where: Where, signal: AbortSignal): Promise<InspectedInput>
  /** The verdict about an output. */
  verify: typeof verifyOutput
}

/** Where inputs are read from. */
interface Where {
  storage: Storage
  hosts: { input: HostRules }
}

/** The readers and the ffmpeg of this machine. */
export const MEDIA: Media = { probe, verify: verifyOutput }

async function probe(
  record: RemovalRecord,
  { storage, hosts }: Where,
  signal: AbortSignal,
): Promise<InspectedInput> {
  const url = await inputUrlOf(record, storage)
  if (url !== null) {
    const reader = await openRangedUrl(url, hosts.input, { signal, timeoutMs: PROBE_TIMEOUT_MS })
    try {
      return await probeInput({ reader }, record.source, { signal })
    } finally {
      await reader.close()
    }
  }
  const key = record.inputKey ?? ''
  const path = storage.localPath(key)
  const stat = await storage.stat(key)
  if (stat === undefined)
    throw new RemovalFailure('InvalidInput', `${record.source}: nothing is stored under ${key}`)
  if (path !== undefined) return probeInput({ path }, record.source, { signal })
  const read = async (start: number, endExclusive: number): Promise<Uint8Array> =>
    buffer(await storage.read(key, { start, endExclusive, signal }))
  return probeInput({ reader: { sizeBytes: stat.sizeBytes, read } }, record.source, { signal })
}
