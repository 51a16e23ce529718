import { RemovalFailure } from '../../domain/removal-failure.ts'
import { failureFromTransport, onDisk } from './errors.ts'
import { checksumOf, openFileSink } from './file-sink.ts'
import type { Lookup } from './guarded-agent.ts'
import { createGuardedAgent } from './guarded-agent.ts'
import type { HostRules } from './host-rules.ts'
import type { OpenOutput } from './open-output.ts'
import { openOutput } from './open-output.ts'
import {
  findPartialFile,
  findWholeFile,
  markPartialFile,
  markWholeFile,
  removePartialFile,
} from './partial-file.ts'

export interface DownloadOptions {
  rules: HostRules
  /** The transfer fails as soon as it is, or announces itself, longer. */
  maxBytes: number
  signal?: AbortSignal
  /** Bytes on their way to the disk so far, those of earlier attempts included. */
  onProgress?: (bytes: number) => void
  /** How long the host may be silent; 20 s unless given. */
  stallTimeoutMs?: number
  lookup?: Lookup
}

/** A whole file as it lies on the disk. `sha256` is hexadecimal. */
export interface Downloaded {
  sizeBytes: number
  sha256: string
  contentType: string | null
}

const STALL_TIMEOUT_MS = 20_000

/**
 * One attempt at fetching `url` into the file `path`. A failed attempt leaves the part it got (and `path`.resume
 * beside it), and the next one continues it where the host allows, else begins anew. A file that is whole and still
 * there is given again without asking the host; `removePartialFile` makes the next attempt a fresh one.
 *
 * Throws `VendorUnavailable` (network, 5xx, cut short), `OutputExpired` (403, 404, 410), `RateLimited`,
 * `ContractViolation` (host not allowed, other answers, too large) or `PlatformUnavailable` (our disk).
 */
export async function downloadToFile(
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { rules, signal, stallTimeoutMs = STALL_TIMEOUT_MS, lookup } = options
  const target = outputUrl(url)
  const whole = await findWholeFile(path)
  if (whole) return { ...whole, sha256: await checksumOf(path) }
  const agent = createGuardedAgent(rules, { stallTimeoutMs, ...(lookup && { lookup }) })
  try {
    const partial = await findPartialFile(path)
    const output = await openOutput(target, partial, { agent, rules, ...(signal && { signal }) })
    return await receive(output, path, target.host, options)
  } catch (error) {
    throw failureFromTransport(target.host, error, signal)
  } finally {
    await agent.destroy()
  }
}

async function receive(
  output: OpenOutput,
  path: string,
  host: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { body, startBytes, totalBytes, etag, contentType } = output
  if (totalBytes !== null && totalBytes > options.maxBytes) throw tooLarge(host, options.maxBytes)
  if (startBytes === 0) await onDisk(path, () => markPartialFile(path, { etag, totalBytes }))
  const sink = await openFileSink(path, startBytes)
  try {
    for await (const chunk of body) {
      if (sink.sizeBytes + chunk.byteLength > options.maxBytes) throw tooLarge(host, options.maxBytes)
      await sink.write(chunk)
      options.onProgress?.(sink.sizeBytes)
    }
  } catch (error) {
    // What was received is kept for the next attempt; a failure to keep it must not hide why this one failed.
    await sink.close().catch(() => {})
    if (error instanceof RemovalFailure && error.kind === 'ContractViolation') await removePartialFile(path)
    throw error
  }
  await sink.close()
  if (totalBytes !== null && sink.sizeBytes !== totalBytes) throw cutShort(host, sink.sizeBytes, totalBytes)
  const whole = { sizeBytes: sink.sizeBytes, contentType }
  await onDisk(path, () => markWholeFile(path, whole))
  return { ...whole, sha256: sink.sha256() }
}

function outputUrl(url: string): URL {
  if (URL.canParse(url)) return new URL(url)
  throw new RemovalFailure('ContractViolation', 'fetch output: the vendor gave something that is not a URL')
}

function cutShort(host: string, got: number, announced: number): RemovalFailure {
  return new RemovalFailure(
    'VendorUnavailable',
    `fetch output from ${host}: transfer cut short (${got} of ${announced} bytes)`,
  )
}

function tooLarge(host: string, maxBytes: number): RemovalFailure {
  return new RemovalFailure(
    'ContractViolation',
    `fetch output from ${host}: it is larger than ${maxBytes} bytes`,
  )
}
