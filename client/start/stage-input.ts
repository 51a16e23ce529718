import { randomUUID } from 'node:crypto'
import type { Storage } from '../../adapters/storage/storage.ts'
import { oneChunk } from '../../adapters/storage/storage.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { StagedInput } from '../../domain/staged-input.ts'
import type { StartOptions } from '../removals.ts'
import type { GivenInput } from './given-input.ts'
import type { IdentifiedFile, IdentifiedInput } from './identify-input.ts'
import { READ_BYTES } from './identify-input.ts'
import { openVideoFile } from './open-video-file.ts'

/** An input where workers can read it. What the caller had stored himself is not this call's to remove. */
export interface InputForWorkers {
  source: Exclude<RemovalRequest['source'], string>
  staged: StagedInput
  /** Removes what was staged by this call, if at all. */
  discard(): Promise<void>
}

interface Staging extends Pick<StartOptions, 'onProgress' | 'signal'> {
  id: string
  fingerprint: string
}

/** Brings an input into the storage, under a key of this call alone. An abort or a failure leaves nothing behind. */
export async function stageInput(
  input: IdentifiedInput,
  storage: Storage,
  staging: Staging,
): Promise<InputForWorkers> {
  const { id, fingerprint } = staging
  switch (input.kind) {
    case 'file': {
      const key = newInputKey(id, input.name)
      await stageFile(input, key, storage, staging)
      const { name: fileName, sizeBytes, sha256 } = input
      return {
        source: { stored: key },
        staged: { kind: 'file', key, fileName, sizeBytes, sha256, fingerprint },
        discard: () => storage.remove(key),
      }
    }
    case 'given': {
      const { name: fileName, sizeBytes, sha256 } = input
      const isOwn = input.stagedFor === id
      const key = isOwn ? input.key : newInputKey(id, fileName)
      if (!isOwn) await copy(input, key, storage, staging)
      return {
        source: { stored: key },
        staged: { kind: 'file', key, fileName, sizeBytes, sha256, fingerprint },
        discard: () => storage.remove(key),
      }
    }
    case 'url': {
      const source = { url: input.name }
      if (input.url.search === '')
        return { source, staged: { kind: 'url', fingerprint }, discard: async () => {} }
      const key = newInputKey(id, 'url-query')
      await storage.write(key, oneChunk(input.url.search), { contentType: 'text/plain' })
      return { source, staged: { kind: 'url-query', key, fingerprint }, discard: () => storage.remove(key) }
    }
    case 'stored':
      return {
        source: { stored: input.key },
        staged: { kind: 'stored', fingerprint },
        discard: async () => {},
      }
  }
}

async function stageFile(
  { path, name, sizeBytes, sha256 }: IdentifiedFile,
  key: string,
  storage: Storage,
  { onProgress, signal }: Staging,
): Promise<void> {
  await using file = await openVideoFile(path)
  const body = file.createReadStream({ start: 0, autoClose: false, highWaterMark: READ_BYTES })
  const written = await storage.write(key, body, {
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  })
  if (written.sha256 === sha256 && written.sizeBytes === sizeBytes) return
  await storage.remove(key)
  throw new RemovalFailure('InvalidInput', `${name} changed while it was read: expected a finished file`)
}

/** An upload may feed several removals, and ends on its own; a removal keeps what it needs under its own key. */
async function copy(
  { key: from, sha256, name }: GivenInput & { name: string },
  key: string,
  storage: Storage,
  { onProgress, signal }: Staging,
): Promise<void> {
  const written = await storage.write(key, await storage.read(from, { ...(signal && { signal }) }), {
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  })
  if (written.sha256 === sha256) return
  await storage.remove(key)
  throw new RemovalFailure(
    'PlatformUnavailable',
    `${name} in the storage is not what was uploaded: upload it again`,
  )
}

/** A request that is fit for histories. */
interface StagedBackground {
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
  const queryKey = newInputKey(id, 'background-query')
  await storage.write(queryKey, oneChunk(url.search), { contentType: 'text/plain' })
  const staged = { type: 'image' as const, imageUrl: url.origin + url.pathname, queryKey }
  return { request: { ...request, background: staged }, discard: () => storage.remove(queryKey) }
}

/** A key of one call's own among a removal's inputs. */
export function newInputKey(removalId: string, name: string): string {
  return `inputs/${removalId}/${randomUUID()}/${safeFileName(name)}`
}

/** A file's name as one segment of a storage key: letters, digits, dot, dash and underscore, 100 at most, the end kept. */
export function safeFileName(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .slice(-100)
    .replace(/^[._]+/, '')
  return safe === '' ? 'input' : safe
}
