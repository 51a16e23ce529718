import type { Config } from '../../adapters/environment/config.ts'
import type { Database } from '../../adapters/ledger/open-database.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { serveOwnLedger } from '../../local/stack/serve-ledger.ts'
import { withTemporal } from '../../local/temporal/with-temporal.ts'
import { temporalTargetFrom } from '../../worker/temporal/temporal-target.ts'
import { readConfig } from './read-config.ts'
import type { Terminal } from './terminal.ts'

/** Opens the ledger where it is, lets a command read or change it, and closes it. */
export async function withLedger<Result>(
  terminal: Terminal,
  use: (database: Database) => Promise<Result>,
): Promise<Result> {
  const place = await placeOf(readConfig(terminal), terminal)
  try {
    const { database, close } = await openDatabase(place.url, { poolSize: 1 })
    try {
      return await use(database)
    } finally {
      await close()
    }
  } finally {
    await place.leave()
  }
}

/** As `worker` finds them: the database that is named, that of the embedded stack, else the files of this home. */
async function placeOf(
  config: Config,
  { environment, say }: Terminal,
): Promise<{ url: string; leave(): Promise<void> }> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, leave: async () => {} }
  if (temporalTargetFrom(environment) !== null) {
    const { url, close } = await serveOwnLedger(config.home)
    return { url, leave: close }
  }
  const access = await withTemporal({ config, environment, makesWork: false, log: say })
  await access.close()
  const url = access.stack?.databaseUrl ?? null
  if (url === null) {
    throw new RemovalFailure(
      'InvalidRequest',
      'DATABASE_URL: expected the database that the embedded stack was started with, none is set',
      { hint: 'Set DATABASE_URL as it was when the stack started, or run `matteflow stop` first.' },
    )
  }
  return { url, leave: async () => {} }
}
