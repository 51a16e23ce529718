import { randomUUID } from 'node:crypto'
import { oneChunk } from '../../adapters/storage/one-chunk.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { StagedInput } from '../../domain/staged-input.ts'
import type { StartOptions } from '../removals.ts'
import type { IdentifiedFile } from './identify-file.ts'
import { openVideoFile, READ_BYTES } from './identify-file.ts'
import type { IdentifiedInput } from './identify-input.ts'
import { safeFileName } from './safe-file-name.ts'

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
  const folder = `inputs/${id}/${randomUUID()}`
  switch (input.kind) {
    case 'file': {
      const key = `${folder}/${safeFileName(input.name)}`
      await stageFile(input, key, storage, staging)
      const { name: fileName, sizeBytes, sha256 } = input
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
      const key = `${folder}/url-query`
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
