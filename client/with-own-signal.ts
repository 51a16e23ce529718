/**
 * Lends a signal of its own to one use, which aborts with the given one. Temporal's client leaves a listener behind
 * for each call, and a caller's signal may live for hours.
 */
export async function withOwnSignal<Result>(
  signal: AbortSignal,
  use: (own: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const own = new AbortController()
  const abort = (): void => own.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await use(own.signal)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
