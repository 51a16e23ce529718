import { text } from 'node:stream/consumers'
import type { RemovalRecord } from '../../adapters/ledger/rows.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { oneChunk } from '../../adapters/storage/storage.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Background } from '../../domain/request-values.ts'

/** The query of an input URL may be a credential: it lives in storage under this removal's own key. */
export async function stageUrlQuery(
  removalId: string,
  url: string,
  storage: Storage,
): Promise<string | null> {
  const { search } = new URL(url)
  if (search === '') return null
  const key = `inputs/${removalId}/worker/url-query`
  await storage.write(key, oneChunk(search), { contentType: 'text/plain' })
  return key
}

/** The whole URL of an input that the caller gave by URL. */
export async function inputUrlOf(
  record: Pick<RemovalRecord, 'request' | 'inputKey'>,
  storage: Storage,
): Promise<string | null> {
  const { source } = record.request as { source: { url?: string } }
  if (source.url === undefined) return null
  return record.inputKey === null
    ? source.url
    : source.url + (await text(await storage.read(record.inputKey)))
}

/** A background with the whole URL of its image. Fails as `InvalidRequest` for a query that is not this removal's. */
export async function wholeBackground(
  removalId: string,
  background: Background,
  storage: Storage,
): Promise<Background> {
  if (background.type !== 'image' || background.queryKey === undefined) return background
  const { imageUrl, queryKey } = background
  if (!queryKey.startsWith(`inputs/${removalId}/`))
    throw new RemovalFailure(
      'InvalidRequest',
      `background.queryKey: expected a key under inputs/${removalId}/`,
    )
  return { type: 'image', imageUrl: imageUrl + (await text(await storage.read(queryKey))) }
}
