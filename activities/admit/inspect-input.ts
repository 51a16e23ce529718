import type { RemovalRecord } from '../../adapters/ledger/rows.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { InspectedInput } from '../media.ts'

/** What was seen of an input, else what is: its container and length, without reading the whole. Fails as `InvalidInput`. */
export async function inspectInput(
  record: RemovalRecord,
  deps: Pick<ActivityDependencies, 'storage' | 'hosts' | 'media'>,
  signal: AbortSignal,
): Promise<InspectedInput> {
  const { inputContentType: contentType, inputDurationSeconds, inputPictureSeconds, inputBytes } = record
  if (contentType === null) return deps.media.probe(record, deps, signal)
  return {
    contentType,
    durationSeconds: inputDurationSeconds,
    pictureSeconds: inputPictureSeconds,
    sizeBytes: inputBytes,
  }
}
