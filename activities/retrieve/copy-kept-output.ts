import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { meterBody } from '../../adapters/storage/metered-body.ts'
import type { Storage } from '../../adapters/storage/storage.ts'

/**
 * Copies to `path` the output that an earlier attempt brought into the storage and could not tell of: the vendor
 * may not serve it any more. Null where there is none.
 */
export async function copyKeptOutput(
  key: string,
  path: string,
  storage: Storage,
  signal: AbortSignal,
): Promise<{ sizeBytes: number; sha256: string } | null> {
  if ((await storage.stat(key)) === undefined) return null
  const metered = meterBody(await storage.read(key, { signal }))
  await pipeline(metered.bytes(), createWriteStream(path))
  return metered.totals()
}
