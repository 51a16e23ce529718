import { rename } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import type { ReadOptions } from '../../adapters/storage/storage.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { failureFromDocument } from '../errors.ts'
import { removalStatus } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'
import { deletedFiles, saveOutput } from './save-output.ts'
import { storedKey } from './stored-key.ts'

/** Streams the output of a removal, or a part of it. */
export async function openOutput(
  around: Surroundings,
  id: string,
  options: ReadOptions = {},
): Promise<Readable> {
  const { key } = await outputOf(around, id)
  return around.storage.read(key, options)
}

/** Saves the output of a removal at a path, whole and checked against its digest, or not at all. */
export async function downloadOutput(around: Surroundings, id: string, path: string): Promise<string> {
  const { document } = await outputOf(around, id)
  const target = resolve(path)
  return saveOutput(around.storage, document, {
    path: target,
    async take(finished) {
      await rename(finished, target)
      return target
    },
  })
}

/** An address at which anybody may fetch the output for a time; null where the storage gives none, as a folder does. */
export async function signedOutputUrl(
  around: Surroundings,
  id: string,
  expiresInSeconds: number,
): Promise<string | null> {
  const { key } = await outputOf(around, id)
  return (await around.storage.signedUrl?.(key, { expiresInSeconds })) ?? null
}

/** The document of a removal that has an output, and the key of that; else rejects with what stands in the way. */
async function outputOf(
  around: Surroundings,
  id: string,
): Promise<{ document: RemovalDocument; key: string }> {
  const document = await removalStatus(around, id)
  const { state, output, deletedAt } = document
  if (deletedAt !== null) throw deletedFiles(document)
  if (output === null) {
    if (isFinal(state)) throw failureFromDocument(document)
    throw new RemovalFailure('InvalidRequest', `removal ${id} is ${state}, and has no output yet`, {
      document,
      hint: 'Wait for its end first: `result(id)`.',
    })
  }
  return { document, key: storedKey(around.storage, output.location, document) }
}
