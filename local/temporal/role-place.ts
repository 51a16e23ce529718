import { setInterval } from 'node:timers'
import type { Config } from '../../adapters/environment/config.ts'
import type { TemporalTarget } from '../../worker/temporal/temporal-target.ts'
import { temporalTargetFrom } from '../../worker/temporal/temporal-target.ts'
import { serveOwnLedger } from '../stack/serve-ledger.ts'
import { readStack, touchStack } from '../stack/stack.ts'
import { withTemporal } from './with-temporal.ts'

/** Where a role that runs for long finds what it leans on. */
export interface RolePlace {
  temporal: TemporalTarget
  databaseUrl: string
  storageUrl: string
  vendorBaseUrl: string
  /** Null where only the owner of the server knows. */
  temporalUiUrl: string | null
  leave(): Promise<void>
}

/** Often enough that the stack a role joined never looks idle. */
const TOUCH_EVERY_MS = 20_000

/** The place that the environment names, with a ledger of the home where it names none, else the embedded stack. */
export async function rolePlace(
  config: Config,
  { environment, log }: { environment: NodeJS.ProcessEnv; log(line: string): void },
): Promise<RolePlace> {
  const temporal = temporalTargetFrom(environment)
  if (temporal === null) return joinStack(config, { environment, log })
  const place = {
    temporal,
    storageUrl: config.storageUrl,
    vendorBaseUrl: config.vendor.baseUrl,
    temporalUiUrl: await uiOfOwnStack(config.home, temporal.address),
  }
  if (config.databaseUrl !== null) return { ...place, databaseUrl: config.databaseUrl, leave: async () => {} }
  const ledger = await serveOwnLedger(config.home)
  return { ...place, databaseUrl: ledger.url, leave: () => ledger.close() }
}

/** A role of the embedded stack is told its server's address, and finds the rest in the stack's own description. */
async function uiOfOwnStack(home: string, address: string): Promise<string | null> {
  const stack = await readStack(home)
  return stack?.temporal.address === address ? stack.temporal.uiAddress : null
}

async function joinStack(
  config: Config,
  { environment, log }: { environment: NodeJS.ProcessEnv; log(line: string): void },
): Promise<RolePlace> {
  const access = await withTemporal({ config, environment, makesWork: true, log })
  await access.close()
  const databaseUrl = config.databaseUrl ?? access.stack?.databaseUrl
  if (!databaseUrl) throw new TypeError('the stack has a ledger of its own that it does not name')
  const touching = setInterval(() => void touchStack(config.home), TOUCH_EVERY_MS)
  return {
    temporal: { address: access.address, namespace: access.namespace, connection: {} },
    databaseUrl,
    storageUrl: access.stack?.storageUrl ?? config.storageUrl,
    vendorBaseUrl: access.vendorBaseUrl,
    temporalUiUrl: access.uiAddress,
    leave: async () => clearInterval(touching),
  }
}
