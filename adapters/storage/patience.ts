/** How long a store may take, milliseconds. */
export interface Patience {
  /** One call that carries little: it answers in milliseconds or not at all. */
  callMs: number
  /** The store's silence while a large object travels. */
  stallMs: number
}

export const DEFAULT_PATIENCE: Patience = { callMs: 20_000, stallMs: 30_000 }

/** The store took longer over a step than it may. */
export class StoreSilent extends Error {
  override readonly name = 'StoreSilent'
  constructor(ms: number) {
    super(`no answer within ${ms / 1_000} s`)
  }
}

/** A step that was ended has this long to clean up before its caller goes on without it, milliseconds. */
const CLEAN_UP_MS = 1_000

/** Whose turn it is while an object travels: the store's time is counted, that of the other side is not. */
export interface Turns {
  /** Ends with the caller's signal, or as soon as the store has been silent for too long. */
  signal: AbortSignal
  storesTurn(): void
  othersTurn(): void
}

/**
 * Runs one step against a store. It rejects with `StoreSilent` when the store's turn lasts longer than `silenceMs`, and
 * with the reason of the caller's signal, also where the step itself cannot be ended, as on a mount that hangs.
 */
export async function withPatience<Result>(
  silenceMs: number,
  caller: AbortSignal | undefined,
  step: (turns: Turns) => Promise<Result>,
): Promise<Result> {
  caller?.throwIfAborted()
  const controller = new AbortController()
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const end = (reason: unknown): void => {
    controller.abort(reason)
    reject(reason)
  }
  const onAbort = (): void => end(caller?.reason)
  let timer: NodeJS.Timeout | undefined
  const othersTurn = (): void => clearTimeout(timer)
  const storesTurn = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => end(new StoreSilent(silenceMs)), silenceMs)
  }
  caller?.addEventListener('abort', onAbort, { once: true })
  storesTurn()
  const work = step({ signal: controller.signal, storesTurn, othersTurn })
  try {
    return await Promise.race([work, ended])
  } catch (error) {
    if (controller.signal.aborted) await settledWithin(CLEAN_UP_MS, work)
    throw error
  } finally {
    clearTimeout(timer)
    caller?.removeEventListener('abort', onAbort)
    ended.catch(() => {})
  }
}

async function settledWithin(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: elapsed, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const settled = (): void => resolve()
  await Promise.race([work.then(settled, settled), elapsed])
  clearTimeout(timer)
}
