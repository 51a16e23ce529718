import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { MAX_VIDEO_BYTES } from '../../max-video-bytes.ts'

/** Copies what a URL serves into a file; rejects what is unreachable or larger than an upload may be. */
export async function fetchFile(url: string, path: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal })
  if (!response.ok || response.body === null) throw new Error(`the URL answered ${response.status}`)
  const tooLarge = new Error('the file is larger than 500MB')
  if (Number(response.headers.get('content-length')) > MAX_VIDEO_BYTES) throw tooLarge
  let received = 0
  async function* capped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      received += chunk.length
      if (received > MAX_VIDEO_BYTES) throw tooLarge
      yield chunk
    }
  }
  await pipeline(
    Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
    capped,
    createWriteStream(path),
  )
}
