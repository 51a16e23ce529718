import { createRemovals } from '../../client/create-removals.ts'
import type { Removals } from '../../client/removals.ts'
import type { Config } from '../../config.ts'
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
  try {
    const { client, storage, vendorBaseUrl } = access
    return await use({ removals: createRemovals({ client, storage, vendorBaseUrl }), access })
  } finally {
    await access.close()
  }
}
