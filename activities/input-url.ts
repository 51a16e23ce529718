import { text } from 'node:stream/consumers'
import type { RemovalRecord } from '../ledger/removal-records.ts'
import type { Storage } from '../storage/storage.ts'

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

/** A short text as the stream that storage takes. */
export async function* oneChunk(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}
