import { fileURLToPath } from 'node:url'
import { MAX_INPUT_BYTES } from '../../domain/container.ts'
import { parseRemovalRequest } from '../../domain/parse-request.schema.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import { newRemovalId } from '../../domain/removal-id.ts'
import type { RemovalRequestInput as RequestForWorkers } from '../../domain/removal-request-input.ts'
import type { StartedRemoval, StartOptions } from '../removals.ts'
import type { Surroundings } from '../surroundings.ts'
import { unreadable } from './open-video-file.ts'
import type { RemovalRequestInput, VideoBytes } from './removal-request-input.ts'
import { newInputKey } from './stage-input.ts'
import { isPerhapsAccepted, startRemoval } from './start-removal.ts'

/** Starts a removal of whatever source a caller has. */
export async function startFrom(
  around: Surroundings,
  { source, ...settings }: RemovalRequestInput,
  options: StartOptions = {},
): Promise<StartedRemoval> {
  if (source instanceof URL) {
    const named = source.protocol === 'file:' ? fileURLToPath(source) : { url: source.href }
    return startRemoval(around, { ...settings, source: named }, options)
  }
  if (isBytes(source)) return startFromBytes(around, source, settings, options)
  return startRemoval(around, { ...settings, source }, options)
}

/**
 * Bytes can be read once, so they go into the storage first, and are looked at there. What no removal takes is removed
 * again.
 */
async function startFromBytes(
  around: Surroundings,
  body: VideoBytes,
  settings: Omit<RequestForWorkers, 'source'>,
  options: StartOptions,
): Promise<StartedRemoval> {
  const { storage } = around
  const { signal, onProgress } = options
  const fileName = options.fileName ?? nameOf(body)
  const stagedFor = settings.id ?? newRemovalId()
  const key = newInputKey(stagedFor, fileName)
  // What is wrong with the request is said before anything is read.
  parseRemovalRequest({ ...settings, source: { stored: key } })
  const written = await storage.write(key, bounded(chunksOf(body), fileName), {
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  })
  try {
    const input = { key, fileName, stagedFor, ...written }
    const started = await startRemoval(
      around,
      { ...settings, source: { stored: key } },
      { ...options, input },
    )
    if (started.joined) await storage.remove(key)
    return started
  } catch (error) {
    if (!isPerhapsAccepted(error)) await storage.remove(key)
    throw error
  }
}

function isBytes(source: RemovalRequestInput['source']): source is VideoBytes {
  if (typeof source !== 'object' || source === null) return false
  return source instanceof Uint8Array || source instanceof Blob || Symbol.asyncIterator in source
}

function nameOf(body: VideoBytes): string {
  return 'name' in body && typeof body.name === 'string' ? body.name : 'video'
}

async function* chunksOf(body: VideoBytes): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body
  else yield* body instanceof Blob ? body.stream() : body
}

async function* bounded(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  try {
    for await (const chunk of chunks) {
      sizeBytes += chunk.byteLength
      if (sizeBytes > MAX_INPUT_BYTES) {
        const most = MAX_INPUT_BYTES.toLocaleString('en-US')
        throw new RemovalFailure('InvalidInput', `${name} has more than ${most} bytes`)
      }
      yield chunk
    }
  } catch (error) {
    // A stream that breaks off is the caller's, and no fault of the storage.
    throw isRemovalFailure(error) ? error : unreadable(name, error as NodeJS.ErrnoException)
  }
}
