import { LISTENING } from '../../local/processes/keep-running.ts'
import { INTERRUPTED_EXIT_CODE } from './end-with-failure.ts'

/** Aborts at SIGINT, SIGTERM or SIGHUP. */
export function stopSignals(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  return stopping.signal
}

/** For a process of the embedded stack: its channel closes when the supervisor dies. */
export function supervisorGone(): AbortSignal {
  const gone = new AbortController()
  process.on('disconnect', () => gone.abort())
  return gone.signal
}

/** Tells the supervisor, where there is one, that this process can be reached now. */
export function tellListening(): void {
  process.send?.(LISTENING, undefined, undefined, () => {})
}

export function stopSignalsOfChild(): AbortSignal {
  return AbortSignal.any([stopSignals(), supervisorGone()])
}

/** The first Ctrl-C, or another of these signals, aborts what goes on; a second one leaves at once. */
export function interrupts(signals: readonly NodeJS.Signals[] = ['SIGINT']): {
  signal: AbortSignal
  release(): void
} {
  const first = new AbortController()
  const onInterrupt = (): void => {
    if (first.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE)
    first.abort()
  }
  for (const signal of signals) process.on(signal, onInterrupt)
  return {
    signal: first.signal,
    release: () => signals.forEach((signal) => void process.off(signal, onInterrupt)),
  }
}
