import { buffer } from 'node:stream/consumers'
import { checkInputUrl } from '../../adapters/transfer/check-input-url.ts'
import { createInputHostRules } from '../../adapters/transfer/host-rules.ts'
import { CONTAINER_SNIFF_BYTES } from '../../domain/container.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { Surroundings } from '../surroundings.ts'
import type { IdentifiedFile } from './identify-file.ts'
import { identifyFile } from './identify-file.ts'
import { judgeInput } from './judge-input.ts'

/** An input that passed what can be said about it without staging it. `name` is fit to be shown. */
export type IdentifiedInput =
  | IdentifiedFile
  | { kind: 'url'; url: URL; name: string }
  | { kind: 'stored'; key: string; name: string; sizeBytes: number }

/** Looks at the source of a request; `InvalidInput` says in one sentence what is wrong with it. */
export async function identifyInput(
  source: RemovalRequest['source'],
  { storage, vendorBaseUrl, privateHosts, proxies }: Surroundings,
  signal: AbortSignal | undefined,
): Promise<IdentifiedInput> {
  if (typeof source === 'string') return identifyFile(source, signal)
  if ('url' in source) {
    await checkInputUrl(source.url, createInputHostRules(vendorBaseUrl, { privateHosts, proxies }))
    const url = new URL(source.url)
    return { kind: 'url', url, name: url.origin + url.pathname }
  }
  const key = source.stored
  const stat = await storage.stat(key)
  if (stat === undefined)
    throw new RemovalFailure('InvalidInput', `nothing is stored under ${key}: expected the key of a video`)
  const head = await storage.read(key, { endExclusive: CONTAINER_SNIFF_BYTES, ...(signal && { signal }) })
  judgeInput(key, stat.sizeBytes, await buffer(head))
  return { kind: 'stored', key, name: key.split('/').at(-1) ?? key, sizeBytes: stat.sizeBytes }
}

/** What makes two inputs the same: a file's content, a URL with its query, a storage key. */
export function identityOf(input: IdentifiedInput): string {
  switch (input.kind) {
    case 'file':
      return input.sha256
    case 'url':
      return input.url.href
    case 'stored':
      return input.key
  }
}
