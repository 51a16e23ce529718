import { INTERRUPTED_EXIT_CODE } from './end-with-failure.ts'

/** The first Ctrl-C aborts what goes on, a second one leaves at once. */
export function interrupts(): { signal: AbortSignal; release(): void } {
  const first = new AbortController()
  const onInterrupt = (): void => {
    if (first.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE)
    first.abort()
  }
  process.on('SIGINT', onInterrupt)
  return { signal: first.signal, release: () => void process.off('SIGINT', onInterrupt) }
}
