import type { Readable } from 'node:stream'

/** How a write goes on: `onProgress` gets the bytes so far, `signal` ends it and leaves nothing behind. */
export interface WriteOptions {
  contentType?: string
  signal?: AbortSignal
  onProgress?: (bytes: number) => void
}

/** A part of an object: bytes `start` up to, not including, `endExclusive`. */
export interface ReadOptions {
  start?: number
  endExclusive?: number
  signal?: AbortSignal
}

/**
 * Where inputs are staged and outputs end. Keys are relative paths with `/`; a key that is not throws
 * `InvalidRequest`. What the store itself refuses, lacks or cannot hold throws `PlatformUnavailable`.
 */
export interface Storage {
  /** The absolute `file:///…` or `s3://…` of a key. */
  location(key: string): string
  /** Streams an object in. It appears under its key whole or not at all. */
  write(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options?: WriteOptions,
  ): Promise<{ sizeBytes: number; sha256: string }>
  /** Moves a finished local file in; afterwards it is no longer at `path`. */
  adopt(key: string, path: string, options?: WriteOptions): Promise<void>
  read(key: string, options?: ReadOptions): Promise<Readable>
  /** Undefined when there is no such object. */
  stat(key: string): Promise<{ sizeBytes: number } | undefined>
  /** Removing what is not there is fine. */
  remove(key: string): Promise<void>
  /** Removes everything beneath `prefix/`; the prefix is whole segments, never a part of a name. */
  removeAll(prefix: string): Promise<void>
  /** Every key beneath `prefix/`, in no order; all keys for the empty prefix. */
  list(prefix: string): AsyncIterable<string>
  /** The path of a key in a folder storage, so that tools read it without a copy; else undefined. */
  localPath(key: string): string | undefined
  /** Writes, reads back and removes a tiny object. */
  check(): Promise<void>
}
