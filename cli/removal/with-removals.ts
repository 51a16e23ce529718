import type { Config } from '../../adapters/environment/config.ts'
import { createRemovals } from '../../client/create-removals.ts'
import type { RemovalRecords } from '../../client/records.ts'
import type { Removals } from '../../client/removals.ts'
import { remembered } from '../../domain/remembered.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { TemporalAccess } from '../../local/temporal/with-temporal.ts'
import { withTemporal } from '../../local/temporal/with-temporal.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface RemovalsPlace {
  removals: Removals
  access: TemporalAccess
}

/** Connects, lets a command talk about removals, and disconnects. */
export async function withRemovals<Result>(
  terminal: Terminal,
  { makesWork = false, config = readConfig(terminal) }: { makesWork?: boolean; config?: Config },
  use: (place: RemovalsPlace) => Promise<Result>,
): Promise<Result> {
  const access = await withTemporal({
    config,
    environment: terminal.environment,
    makesWork,
    log: terminal.say,
  })
  const { client, storage, vendorBaseUrl, stack } = access
  const databaseUrl = config.databaseUrl ?? stack?.databaseUrl ?? null
  const ledger = databaseUrl === null ? null : recordsOf(databaseUrl, terminal)
  try {
    const records = ledger === null ? {} : { records: ledger.records }
    const { privateHosts, proxies } = config
    const removals = createRemovals({
      ...{ client, storage, vendorBaseUrl, privateHosts, proxies },
      ...records,
    })
    return await use({ removals, access })
  } finally {
    await Promise.all([ledger?.close(), access.close()])
  }
}

/** The ledger's memory of removals. Its database is opened by the first question that only it can answer. */
function recordsOf(url: string, { say }: Terminal): { records: RemovalRecords; close(): Promise<void> } {
  const opened = remembered(async () => {
    const { openDatabase } = await import('../../adapters/ledger/open-database.ts')
    return openDatabase(url, { poolSize: 1 })
  })
  let isClosed = false
  const documents = async () => {
    const { removalDocuments } = await import('../../adapters/ledger/removal-documents.ts')
    return removalDocuments((await opened.get()).database)
  }
  return {
    records: {
      find: async (id) => (await documents()).find(id),
      fingerprint: async (id) => (await documents()).fingerprint(id),
      async *list(filter) {
        try {
          yield* (await documents()).list(filter)
        } catch (error) {
          if (!isRemovalFailure(error)) throw error
          // The command has ended otherwise while the ledger was still being asked.
          if (!isClosed) say(`what Temporal has forgotten is not listed: ${error.message}`)
        }
      },
    },
    async close() {
      isClosed = true
      const database = await opened.made()?.catch(() => null)
      await database?.close()
    },
  }
}
