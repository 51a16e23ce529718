import type { Logger } from 'pino'
import type { Ledger } from '../../adapters/ledger/ledger.ts'
import type { WorkerRecord } from '../../domain/worker-record.ts'
import { BEAT_MS, SILENT_MS } from '../../domain/worker-record.ts'

/** What a worker's record is kept with. */
export interface WorkerRecordOptions {
  workers: Ledger['workers']
  /** What the worker is, and what it has to say at the moment. */
  say(): WorkerRecord
  log: Pick<Logger, 'warn' | 'info'>
  everyMs?: number
}

/** A worker's record while it is kept. */
export interface KeptWorkerRecord {
  /** Whether this worker is the one that reports what all know: by its last word with the ledger, while that is fresh. */
  reports(): boolean
  /** Resolves when the ledger has heard the first word, or could not. */
  spoken: Promise<void>
  /** Says what has changed at once. */
  renew(): void
  /** Ends the keeping, and removes the record. */
  leave(): Promise<void>
}

/**
 * Says to the ledger every few seconds that this worker lives. A ledger that does not answer is logged once, until it
 * does again; without it no worker reports for the others, since two might.
 */
export function keepWorkerRecord({
  workers,
  say,
  log,
  everyMs = BEAT_MS,
}: WorkerRecordOptions): KeptWorkerRecord {
  let timer: NodeJS.Timeout | undefined
  let beating: Promise<void> = Promise.resolve()
  let reportsUntil = 0
  let isSilent = false
  let isLeft = false
  const beat = async (): Promise<void> => {
    const begun = performance.now()
    try {
      reportsUntil = (await workers.beat(say())) ? begun + SILENT_MS : 0
      if (isSilent) log.info('the ledger hears again that this worker lives')
      isSilent = false
    } catch (error) {
      if (!isSilent && !isLeft)
        log.warn({ reason: String(error).slice(0, 300) }, 'the ledger cannot be told that this worker lives')
      isSilent = true
    }
  }
  const renew = (): void => {
    clearTimeout(timer)
    if (isLeft) return
    // One after the other: an older word must not overtake a newer one.
    beating = beating.then(beat).then(() => {
      clearTimeout(timer)
      if (!isLeft) timer = setTimeout(renew, everyMs)
    })
  }
  renew()
  const spoken = beating
  return {
    spoken,
    reports: () => performance.now() < reportsUntil,
    renew,
    async leave() {
      isLeft = true
      clearTimeout(timer)
      await beating
      await workers.leave(say().id).catch(() => {})
    },
  }
}
