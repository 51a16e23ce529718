import type { Readable } from 'node:stream'

/** What every call takes: a signal that ends it, also where the store never answers. */
interface CallOptions {
  signal?: AbortSignal
}

/** How a write goes on: `onProgress` gets the bytes so far, `signal` ends it and leaves nothing behind. */
interface WriteOptions extends CallOptions {
  contentType?: string
  onProgress?: (bytes: number) => void
}

/** A part of an object: bytes `start` up to, not including, `endExclusive`. */
export interface ReadOptions extends CallOptions {
  start?: number
  endExclusive?: number
}

/**
 * Where inputs are staged and outputs end. Keys are relative paths with `/`; a key that is not throws
 * `InvalidRequest`. What the store itself refuses, lacks or cannot hold throws `PlatformUnavailable`, and so does a
 * store that stays silent: no call waits for ever.
 */
export interface Storage {
  /** The absolute `file:///…` or `s3://…` of a key. */
  location(key: string): string
  /** Streams an object in. It appears under its key whole or not at all. */
  write(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options?: WriteOptions,
  ): Promise<{
    /** How much was written. */
    sizeBytes: number
    /** The SHA-256 of it, hexadecimal. */
    sha256: string
  }>
  /** Moves a finished local file in; afterwards it is no longer at `path`. */
  adopt(key: string, path: string, options?: WriteOptions): Promise<void>
  /** Streams an object, or a part of it. */
  read(key: string, options?: ReadOptions): Promise<Readable>
  /** A URL at which anybody may fetch an object for so long; left out by a storage that has none. */
  signedUrl?(key: string, options: { expiresInSeconds: number }): Promise<string>
  /** Undefined when there is no such object. */
  stat(
    key: string,
    options?: CallOptions,
  ): Promise<
    | {
        /** Its size. */
        sizeBytes: number
      }
    | undefined
  >
  /** Removing what is not there is fine. */
  remove(key: string, options?: CallOptions): Promise<void>
  /** Removes everything beneath `prefix/`; the prefix is whole segments, never a part of a name. */
  removeAll(prefix: string, options?: CallOptions): Promise<void>
  /** Every key beneath `prefix/`, in no order; all keys for the empty prefix. */
  list(prefix: string, options?: CallOptions): AsyncIterable<string>
  /** Removes what unfinished writes have left that began, or were last written to, before this time; says how many. */
  sweep(before: Date): Promise<number>
  /** The path of a key in a folder storage, so that tools read it without a copy; else undefined. */
  localPath(key: string): string | undefined
  /** Does with small objects of its own what a removal does, step by step; throws what the first failed step throws. */
  check(): Promise<void>
}

/** A short text as the stream that storage takes. */
export async function* oneChunk(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}
