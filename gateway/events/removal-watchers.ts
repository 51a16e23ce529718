import { setTimeout as sleep } from 'node:timers/promises'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import type { GatewayDependencies } from '../gateway-dependencies.ts'
import type { GatewayMetrics } from '../health/gateway-metrics.ts'

/** How often Temporal is asked about one removal, however many watch it. */
const LOOK_EVERY_MS = 1_000

type Listener = (document: RemovalDocument) => void

/** Lets many connections watch the same removals at the price of one question a second for each removal. */
export interface RemovalWatchers {
  /** Hears the document at once where it is known, and after each change. Returns how to stop listening. */
  watch(id: string, listener: Listener): () => void
  /** Ends all watching. */
  close(): void
}

interface Watched {
  listeners: Set<Listener>
  last: RemovalDocument | null
  ending: AbortController
}

/** Watchers over the removals of this process. */
export function createRemovalWatchers(
  { removals, log }: Pick<GatewayDependencies, 'removals' | 'log'>,
  metrics: Pick<GatewayMetrics, 'watched'>,
): RemovalWatchers {
  const watched = new Map<string, Watched>()
  return {
    watch(id, listener) {
      const entry = watched.get(id) ?? begin(id)
      entry.listeners.add(listener)
      if (entry.last !== null) listener(entry.last)
      return () => {
        entry.listeners.delete(listener)
        if (entry.listeners.size > 0) return
        entry.ending.abort()
        if (watched.get(id) === entry) forget(id)
      }
    },
    close() {
      for (const [id, { ending }] of [...watched]) {
        ending.abort()
        forget(id)
      }
    },
  }

  function begin(id: string): Watched {
    const entry: Watched = { listeners: new Set(), last: null, ending: new AbortController() }
    watched.set(id, entry)
    metrics.watched.inc()
    void follow(id, entry)
    return entry
  }

  function forget(id: string): void {
    if (watched.delete(id)) metrics.watched.dec()
  }

  async function follow(id: string, entry: Watched): Promise<void> {
    const { signal } = entry.ending
    // While Temporal is away for long the watching goes on, and the connections stay.
    while (!signal.aborted) {
      try {
        for await (const document of removals.watch(id, { signal, intervalMs: LOOK_EVERY_MS })) {
          entry.last = document
          for (const listener of [...entry.listeners]) listener(document)
        }
        if (entry.last !== null && isFinal(entry.last.state)) return
      } catch (error) {
        if (signal.aborted) return
        const reason = error instanceof Error ? error.message : String(error)
        log.warn({ removalId: id, reason }, 'watching failed')
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
    }
  }
}
