import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { checkInputUrl } from '../../adapters/transfer/check-input-url.ts'
import { createInputHostRules } from '../../adapters/transfer/host-rules.ts'
import type { Container } from '../../domain/container.ts'
import { CONTAINER_SNIFF_BYTES, containerFrom, MAX_INPUT_BYTES } from '../../domain/container.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { Surroundings } from '../surroundings.ts'
import type { GivenInput } from './given-input.ts'
import { openVideoFile, unreadable } from './open-video-file.ts'

/** An input that passed what can be said about it without staging it. `name` is fit to be shown. */
export type IdentifiedInput =
  | IdentifiedFile
  | { kind: 'url'; url: URL; name: string }
  | { kind: 'stored'; key: string; name: string; sizeBytes: number }
  | ({ kind: 'given'; name: string } & GivenInput)

/** Looks at the source of a request; `InvalidInput` says in one sentence what is wrong with it. */
export async function identifyInput(
  source: RemovalRequest['source'],
  { storage, vendorBaseUrl, privateHosts, proxies }: Surroundings,
  signal: AbortSignal | undefined,
  given?: GivenInput,
): Promise<IdentifiedInput> {
  if (typeof source === 'string') return identifyFile(source, signal)
  if ('url' in source) {
    await checkInputUrl(source.url, createInputHostRules(vendorBaseUrl, { privateHosts, proxies }))
    const url = new URL(source.url)
    return { kind: 'url', url, name: url.origin + url.pathname }
  }
  const key = source.stored
  const stat = await storage.stat(key)
  if (stat === undefined)
    throw new RemovalFailure('InvalidInput', `nothing is stored under ${key}: expected the key of a video`)
  const head = await storage.read(key, { endExclusive: CONTAINER_SNIFF_BYTES, ...(signal && { signal }) })
  judgeInput(key, stat.sizeBytes, await buffer(head))
  if (given !== undefined) return { kind: 'given', name: given.fileName, ...given }
  return { kind: 'stored', key, name: key.split('/').at(-1) ?? key, sizeBytes: stat.sizeBytes }
}

/** What makes two inputs the same: a file's content, a URL with its query, a storage key. */
export function identityOf(input: IdentifiedInput): string {
  switch (input.kind) {
    case 'file':
    case 'given':
      return input.sha256
    case 'url':
      return input.url.href
    case 'stored':
      return input.key
  }
}

/** 64 KiB reads, Node's default, are a third slower. */
export const READ_BYTES = 1024 * 1024

/** A caller's own video file, looked at and hashed. */
export interface IdentifiedFile {
  kind: 'file'
  path: string
  name: string
  sizeBytes: number
  sha256: string
}

/** Looks at a file of the caller. `InvalidInput` when it is not there, not a file, or not a video by its first bytes. */
export async function identifyFile(path: string, signal: AbortSignal | undefined): Promise<IdentifiedFile> {
  const file = await openVideoFile(path)
  try {
    const stat = await file.stat()
    judgeInput(path, stat.size, await headOf(file))
    const hash = createHash('sha256')
    const stream = file.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: READ_BYTES,
      ...(signal && { signal }),
    })
    for await (const chunk of stream) hash.update(chunk as Uint8Array)
    return {
      kind: 'file',
      path: resolve(path),
      name: basename(path),
      sizeBytes: stat.size,
      sha256: hash.digest('hex'),
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw hasCode(error) ? unreadable(path, error) : error
  } finally {
    await file.close()
  }
}

async function headOf(file: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(CONTAINER_SNIFF_BYTES),
    0,
    CONTAINER_SNIFF_BYTES,
    0,
  )
  return buffer.subarray(0, bytesRead)
}

function hasCode(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
}

/** What is wrong with an input by its size and first bytes; throws `InvalidInput` naming it and what would be right. */
function judgeInput(name: string, sizeBytes: number, head: Uint8Array): Container {
  if (sizeBytes === 0) throw new RemovalFailure('InvalidInput', `${name} is empty: expected a video`)
  if (sizeBytes > MAX_INPUT_BYTES) {
    throw new RemovalFailure(
      'InvalidInput',
      `${name} has ${inWords(sizeBytes)} bytes: expected at most ${inWords(MAX_INPUT_BYTES)}`,
    )
  }
  const container = containerFrom(head)
  if (container !== undefined) return container
  throw new RemovalFailure(
    'InvalidInput',
    `${name} is not a video of a known kind: expected an mp4, mov, webm or avi file`,
  )
}

function inWords(bytes: number): string {
  return bytes.toLocaleString('en-US')
}
