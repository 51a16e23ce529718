import { createLedger } from '../../adapters/ledger/ledger.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import type { SeenWorker } from '../../adapters/ledger/worker-records.ts'
import { wordsFrom } from '../../domain/duration.ts'
import { SILENT_MS } from '../../domain/worker-record.ts'
import type { Problem } from './problem.ts'

/** The workers of a namespace, as they have told its ledger; none where there is no ledger to ask. */
export async function seenWorkers(url: string | null, namespace: string | null): Promise<SeenWorker[]> {
  if (url === null || namespace === null) return []
  const { database, close } = await openDatabase(url, { poolSize: 1 })
  try {
    return await createLedger(database).workers.seen(namespace)
  } finally {
    await close()
  }
}

/** A problem for each worker that has fallen silent, and for each tripped circuit breaker of one that lives. */
export function workerProblems(workers: readonly SeenWorker[]): Problem[] {
  return workers.flatMap((worker): Problem[] => {
    const name = `worker ${worker.identity} (build ${worker.build})`
    if (worker.silentMs > SILENT_MS)
      return [
        {
          kind: 'PlatformUnavailable',
          problem: `${name} has said nothing for ${wordsFrom(worker.silentMs)}: it is frozen or dead`,
          fix: 'See its host and its log, and restart it. Temporal gives its work to others, and nothing is bought twice.',
        },
      ]
    return worker.breakers.map(({ operation, state, since }) => ({
      kind: 'CircuitOpen',
      problem: `the circuit breaker of ${operation} is ${state} for ${wordsFrom(Math.max(0, Date.now() - Date.parse(since)))} in ${name}`,
      fix: 'The vendor failed many calls in a row: see its status page and the network. The next call probes it.',
    }))
  })
}
