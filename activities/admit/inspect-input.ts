import { buffer } from 'node:stream/consumers'
import type { RemovalRecord } from '../../adapters/ledger/rows.ts'
import type { ProbedInput } from '../../adapters/media/input/probe-input.ts'
import { probeInput } from '../../adapters/media/input/probe-input.ts'
import { openRangedUrl } from '../../adapters/transfer/ranged-reader.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { inputUrlOf } from '../purchase/input-url.ts'

/** What a host that is asked for a few ranges may take, milliseconds; within the activity's own time. */
const PROBE_TIMEOUT_MS = 30_000

/** What a removal goes by of its input. */
export type InspectedInput = Pick<
  ProbedInput,
  'contentType' | 'durationSeconds' | 'pictureSeconds' | 'sizeBytes'
>

/** What was seen of an input, else what is: its container and length, without reading the whole. Fails as `InvalidInput`. */
export async function inspectInput(
  record: RemovalRecord,
  deps: Pick<ActivityDependencies, 'storage' | 'hosts'>,
  signal: AbortSignal,
): Promise<InspectedInput> {
  const { inputContentType: contentType, inputDurationSeconds, inputPictureSeconds, inputBytes } = record
  if (contentType === null) return probe(record, deps, signal)
  return {
    contentType,
    durationSeconds: inputDurationSeconds,
    pictureSeconds: inputPictureSeconds,
    sizeBytes: inputBytes,
  }
}

async function probe(
  record: RemovalRecord,
  { storage, hosts }: Pick<ActivityDependencies, 'storage' | 'hosts'>,
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
