import { randomUUID } from 'node:crypto'
import { oneChunk } from '../../adapters/storage/one-chunk.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'

/** A request that is fit for histories. */
export interface StagedBackground {
  request: RemovalRequest
  /** Removes what was staged by this call, if at all. */
  discard(): Promise<void>
}

/** The query of a background image's URL may be a credential: it goes into the storage, under a key of this call. */
export async function stageBackground(
  request: RemovalRequest,
  storage: Storage,
  id: string,
): Promise<StagedBackground> {
  const { background } = request
  const url = background.type === 'image' ? new URL(background.imageUrl) : null
  if (background.type !== 'image' || url === null || url.search === '')
    return { request, discard: async () => {} }
  const queryKey = `inputs/${id}/${randomUUID()}/background-query`
  await storage.write(queryKey, oneChunk(url.search), { contentType: 'text/plain' })
  const staged = { type: 'image' as const, imageUrl: url.origin + url.pathname, queryKey }
  return { request: { ...request, background: staged }, discard: () => storage.remove(queryKey) }
}
