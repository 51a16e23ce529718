import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { onDisk } from './errors.ts'

/** Writes and reads go to the disk in pieces of this size: 64 KiB pieces cost a third of the speed. */
const BUFFER_BYTES = 1024 * 1024

/** A file being filled: what is written is hashed in the same pass, so that its checksum is known at the end. */
export interface FileSink {
  readonly sizeBytes: number
  /** Takes the chunk over: its bytes are gone once they are in the file. */
  write(chunk: Uint8Array): Promise<void>
  /** Waits until all that was written is in the file, then closes. */
  close(): Promise<void>
  /** Hexadecimal checksum of the file; to be called once. */
  sha256(): string
}

/** Opens `path` for appending after its first `keepBytes`, which are read back for the checksum. */
export async function openFileSink(path: string, keepBytes: number): Promise<FileSink> {
  const hash = createHash('sha256')
  if (keepBytes > 0) await onDisk(path, () => hashFile(hash, path, keepBytes))
  const file = await onDisk(path, () => open(path, keepBytes > 0 ? 'r+' : 'w'))
  await onDisk(path, () => file.truncate(keepBytes))
  let sizeBytes = keepBytes
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let writing: Promise<unknown> = Promise.resolve()
  let position = keepBytes

  async function flush(): Promise<void> {
    await writing
    const chunks = waiting
    const start = position
    position += waitingBytes
    waiting = []
    waitingBytes = 0
    // Not awaited here: the next megabyte is received and hashed while this one is written.
    writing = onDisk(path, () => writeAll(file, chunks, start)).then(() => release(chunks))
    writing.catch(() => {})
  }

  return {
    get sizeBytes() {
      return sizeBytes
    },
    async write(chunk) {
      hash.update(chunk)
      waiting.push(chunk)
      waitingBytes += chunk.byteLength
      sizeBytes += chunk.byteLength
      if (waitingBytes >= BUFFER_BYTES) await flush()
    },
    async close() {
      try {
        if (waitingBytes > 0) await flush()
        await writing
      } finally {
        await file.close()
      }
    },
    sha256: () => hash.digest('hex'),
  }
}

async function writeAll(file: FileHandle, chunks: Uint8Array[], start: number): Promise<void> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  const { bytesWritten } = await file.writev(chunks, start)
  if (bytesWritten === total) return
  const rest = Buffer.concat(chunks).subarray(bytesWritten)
  // A disk that is just becoming full answers with a short write; going on makes it say so.
  for (let done = 0; done < rest.byteLength; ) {
    done += (await file.write(rest, done, rest.byteLength - done, start + bytesWritten + done)).bytesWritten
  }
}

/**
 * Frees the memory of written chunks at once. The collector sees little but their handles: left to it, a hundred
 * megabytes pile up before each of its full runs, which together take a quarter of a download's processor time.
 */
function release(chunks: readonly Uint8Array[]): void {
  for (const { buffer, byteLength } of chunks) {
    // A part of a larger buffer shares its memory with bytes that are not ours.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
  }
}

async function hashFile(hash: Hash, path: string, bytes: number): Promise<void> {
  const stream = createReadStream(path, { end: bytes - 1, highWaterMark: BUFFER_BYTES })
  for await (const chunk of stream) hash.update(chunk as Buffer)
}

/** Hexadecimal sha256 of a file on the disk. */
export async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await onDisk(path, () => hashFile(hash, path, Infinity))
  return hash.digest('hex')
}
