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

/** Whether every byte of a file can be read, so that what is not found in it is not there. */
export function isWhollyReadable({ sizeBytes, readableBytes }: ByteSource): boolean {
  return sizeBytes !== null && (readableBytes ?? sizeBytes) >= sizeBytes
}

const WINDOW_BYTES = 256 * 1024

/** The same file through a window, for walks that read a few bytes here and there. */
export function windowed(source: ByteSource): ByteSource {
  let start = 0
  let window: Uint8Array = new Uint8Array()
  return {
    ...source,
    async read(from, endExclusive) {
      if (from >= start && endExclusive <= start + window.byteLength)
        return window.subarray(from - start, endExclusive - start)
      const limit = source.readableBytes ?? source.sizeBytes ?? endExclusive
      const end = Math.min(limit, Math.max(endExclusive, from + WINDOW_BYTES))
      window = await source.read(from, Math.max(from, end))
      start = from
      return window.subarray(0, endExclusive - from)
    },
  }
}
