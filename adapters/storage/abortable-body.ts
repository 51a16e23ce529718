/**
 * A body that ends with the signal's reason as soon as the signal fires, also while its source is silent, so
 * that whoever consumes it fails in its usual way and cleans up.
 */
export async function* abortableBody(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const source = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await Promise.race([source.next(), aborted])
      if (next.done) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    aborted.catch(() => {})
    // Not awaited: a silent source answers this only after it spoke again.
    void source.return?.()?.catch(() => {})
  }
}
