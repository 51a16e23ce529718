import { createHash } from 'node:crypto'
import type { Turns } from './patience.ts'

/** A body on its way into a store: passes on `bytes()`, then knows their number and checksum. */
export interface MeteredBody {
  bytes(): AsyncGenerator<Uint8Array>
  totals(): { sizeBytes: number; sha256: string }
}

/** Counts and hashes a body while it is read once. With `turns` it ends as soon as their signal fires. */
export function meterBody(
  body: AsyncIterable<Uint8Array>,
  { onProgress, turns }: { onProgress?: ((bytes: number) => void) | undefined; turns?: Turns } = {},
): MeteredBody {
  const hash = createHash('sha256')
  let sizeBytes = 0
  return {
    async *bytes() {
      for await (const chunk of turns === undefined ? body : abortableBody(body, turns.signal)) {
        hash.update(chunk)
        sizeBytes += chunk.byteLength
        turns?.storesTurn()
        yield chunk
        turns?.othersTurn()
        onProgress?.(sizeBytes)
      }
      turns?.storesTurn()
    },
    totals: () => ({ sizeBytes, sha256: hash.digest('hex') }),
  }
}

/** A body that ends with the signal's reason as soon as the signal fires, also while its source is silent. */
async function* abortableBody(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  const source = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await nextOf(source, signal)
      if (next.done) return
      yield next.value
    }
  } finally {
    // Not awaited: a silent source answers this only after it spoke again.
    void source.return?.()?.catch(() => {})
  }
}

/**
 * One chunk, or the signal's reason. Each chunk has a promise and a listener of its own: a race against one promise for
 * the whole body would keep every chunk in memory until that promise settles.
 */
function nextOf(
  source: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array, unknown>> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    source
      .next()
      .finally(() => signal.removeEventListener('abort', onAbort))
      .then(resolve, reject)
  })
}
