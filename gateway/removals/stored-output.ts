import type { Storage } from '../../adapters/storage/storage.ts'
import { keyOfLocation } from '../../adapters/storage/storage-key.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { GatewayRefusal } from '../http/problem.ts'

/** An output as it lies in the gateway's storage. */
export interface StoredOutput {
  key: string
  sizeBytes: number
  output: NonNullable<RemovalDocument['output']>
}

/** The output of a removal: a 409 while there is none, a 410 where it is no longer kept. */
export async function storedOutput(
  { output, state, deletedAt }: RemovalDocument,
  storage: Storage,
): Promise<StoredOutput> {
  if (output === null) throw new GatewayRefusal('conflict', `The removal has no output: it is ${state}.`)
  if (deletedAt !== null) throw new GatewayRefusal('gone', `The output was deleted at ${deletedAt}.`)
  const key = keyOfLocation(storage, output.location)
  const stat = key === undefined ? undefined : await storage.stat(key)
  if (key === undefined || stat === undefined)
    throw new GatewayRefusal('gone', 'The output is no longer kept.')
  return { key, output, sizeBytes: stat.sizeBytes }
}
