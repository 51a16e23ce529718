import { open } from 'node:fs/promises'

/** A file read in pieces, local or remote. */
export interface ByteSource {
  /** Null where a remote host does not say. */
  sizeBytes: number | null
  /** How many of its first bytes can be read at all; else all. */
  readableBytes?: number
  /** Fewer bytes than asked for only at the end of the file. */
  read(start: number, endExclusive: number): Promise<Uint8Array>
}

/** Opens a local file as a `ByteSource`. */
export async function openFileBytes(path: string): Promise<ByteSource & AsyncDisposable> {
  const file = await open(path, 'r')
  const { size } = await file.stat()
  return {
    sizeBytes: size,
    async read(start, endExclusive) {
      const buffer = Buffer.alloc(Math.max(0, Math.min(endExclusive, size) - start))
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, start)
      return buffer.subarray(0, bytesRead)
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}
