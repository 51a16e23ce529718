/** As much of a logger as repeated work needs. */
interface RoundLog {
  info(words: string): void
  warn(facts: { reason: string }, words: string): void
}

/** What is said of work that is repeated. */
interface Repeating {
  /** From the end of one round to the beginning of the next. */
  pauseMs: number
  log: RoundLog
  /** Logged with the reason when a round fails, once until one succeeds. */
  failing: string
  /** Logged when a round succeeds after one that failed. */
  again: string
}

/**
 * Works at once and again after each pause, one round after the other, until the returned function is called. It does
 * not keep the process alive.
 */
export function repeatEvery(
  { pauseMs, log, failing, again }: Repeating,
  work: () => Promise<void>,
): () => void {
  let isFailing = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const round = async (): Promise<void> => {
    try {
      await work()
      if (isFailing) log.info(again)
      isFailing = false
    } catch (error) {
      if (!isFailing && !isStopped) log.warn({ reason: String(error).slice(0, 300) }, failing)
      isFailing = true
    }
    if (isStopped) return
    timer = setTimeout(() => void round(), pauseMs)
    timer.unref()
  }
  void round()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
