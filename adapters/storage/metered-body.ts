import { createHash } from 'node:crypto'

/** A body on its way into a store: passes on `bytes()`, then knows their number and checksum. */
export interface MeteredBody {
  bytes(): AsyncGenerator<Uint8Array>
  totals(): { sizeBytes: number; sha256: string }
}

/** Counts and hashes a body while it is read once. */
export function meterBody(
  body: AsyncIterable<Uint8Array>,
  onProgress?: (bytes: number) => void,
): MeteredBody {
  const hash = createHash('sha256')
  let sizeBytes = 0
  return {
    async *bytes() {
      for await (const chunk of body) {
        hash.update(chunk)
        sizeBytes += chunk.byteLength
        yield chunk
        onProgress?.(sizeBytes)
      }
    },
    totals: () => ({ sizeBytes, sha256: hash.digest('hex') }),
  }
}
