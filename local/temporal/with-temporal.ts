import type { Client, Connection } from '@temporalio/client'
import type { Config } from '../../adapters/environment/config.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { serviceFailure } from '../../client/errors.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { buildId } from '../../worker/build-id.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import {
  lackingAttributesAdvice,
  registerSearchAttributes,
} from '../../worker/temporal/register-search-attributes.ts'
import type { TemporalTarget } from '../../worker/temporal/temporal-target.ts'
import { temporalTargetFrom } from '../../worker/temporal/temporal-target.ts'
import { homePaths } from '../home/home-paths.ts'
import { readLastingSettings } from '../home/lasting-settings.ts'
import type { Stack } from '../stack/stack.ts'
import { findStack, readStack } from '../stack/stack.ts'
import { startStack } from '../stack/start-stack.ts'
import { stopStack } from '../stack/stop-stack.ts'
import { connectTemporal } from './connect-temporal.ts'

/** Everything a command needs to talk about removals. */
export interface TemporalAccess {
  client: Client
  namespace: string
  address: string
  /** Where the Temporal UI is; null where only the owner of the server knows. */
  uiAddress: string | null
  storage: Storage
  /** Where the vendor is that removals are bought from. */
  vendorBaseUrl: string
  /** The embedded stack, when it is what was found or started. */
  stack: Stack | null
  close(): Promise<void>
}

interface AccessOptions {
  config: Config
  environment: NodeJS.ProcessEnv
  /** Whether the command makes new work, so that the stack must be one that may do it; others only look. */
  makesWork: boolean
  log(line: string): void
}

/** Connects to the Temporal server that the environment names, else finds or starts the embedded stack. */
export async function withTemporal(options: AccessOptions): Promise<TemporalAccess> {
  const { config, environment } = options
  const own = temporalTargetFrom(environment)
  const stack = own === null ? await findOrStart(options) : null
  const target = own ?? stackTarget(stack)
  const connection = await connectTemporal(target).catch(async (error: unknown) => {
    if (stack === null) throw error
    if ((await readStack(config.home)) !== null) throw silent(stack, config.home, error)
    return null
  })
  // A stack that ended itself for idleness just as it was found is started again.
  if (connection === null) return withTemporal(options)
  if (own !== null && options.makesWork) await ensureSearchAttributes(connection, own, options.log)
  return {
    client: openClient(connection, target.namespace, config),
    namespace: target.namespace,
    address: target.address,
    uiAddress: stack?.temporal.uiAddress ?? null,
    storage: createStorage(stack?.storageUrl ?? config.storageUrl, { proxies: config.proxies }),
    vendorBaseUrl: stack?.vendor?.baseUrl ?? config.vendor.baseUrl,
    stack,
    close: () => connection.close(),
  }
}

/** The first who uses a namespace registers what it lacks; what cannot be registered is done without. */
async function ensureSearchAttributes(
  connection: Connection,
  { namespace, address }: TemporalTarget,
  log: (line: string) => void,
): Promise<void> {
  const lacking = await registerSearchAttributes(connection, namespace).catch((error: unknown) => {
    throw serviceFailure(error, address)
  })
  if (lacking.names.length > 0) log(lackingAttributesAdvice(lacking, namespace).message)
}

async function findOrStart(options: AccessOptions): Promise<Stack> {
  const { config, environment, makesWork, log } = options
  const found = await findStack(config.home)
  if (found === null) return start(options)
  if (found.vendor === null && (makesWork || config.vendor.apiKey !== null)) {
    requireKey(config)
    log('the embedded stack has no worker: starting it anew with one')
    await stopStack(config.home)
    return start(options)
  }
  if (makesWork) await checkJoinable(found, config, environment)
  return found
}

async function start({ config, environment, makesWork, log }: AccessOptions): Promise<Stack> {
  if (makesWork) requireKey(config)
  const last = await readLastingSettings(config.home)
  const withoutKey = last?.usedSandbox === true ? 'sandbox' : 'none'
  const vendor = config.vendor.apiKey === null ? withoutKey : 'configured'
  const stack = await startStack({ config, environment, vendor, log })
  // Another process may have been faster, with another vendor.
  if (makesWork) await checkJoinable(stack, config, environment)
  return stack
}

/** Refuses without a key, naming the variable and the way that needs none. */
export function requireKey(config: Config): void {
  if (config.vendor.apiKey !== null) return
  throw new RemovalFailure(
    'InvalidRequest',
    'REMOVEBGVIDEO_API_KEY is not set: expected the key of your vendor account',
    {
      hint: 'Set it; or run `matteflow dev` in another terminal to try everything with the built-in sandbox, without a key.',
    },
  )
}

function silent(stack: Stack, home: string, cause: unknown): RemovalFailure {
  const message = `the embedded stack of ${home} runs, but its Temporal server at ${stack.temporal.address} does not answer`
  return new RemovalFailure('PlatformUnavailable', message, {
    hint: `See ${homePaths(home).log('temporal')}; or run \`matteflow stop\` and try again: what is unfinished goes on.`,
    cause,
  })
}

function stackTarget(stack: Stack | null) {
  if (stack === null) throw new TypeError('neither an address nor a stack')
  return { address: stack.temporal.address, namespace: stack.temporal.namespace, connection: {} }
}

/** Refuses to hand work to a stack that would do it with another vendor, key or build than the caller means. */
export async function checkJoinable(
  stack: Stack,
  config: Config,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const namesVendor = config.vendor.apiKey !== null || Boolean(environment['REMOVEBGVIDEO_BASE_URL'])
  if (namesVendor && stack.vendor !== null) {
    if (stack.vendor.baseUrl !== config.vendor.baseUrl) {
      throw refused(`works with the vendor at ${stack.vendor.baseUrl}, not ${config.vendor.baseUrl}`)
    }
    if (stack.vendor.keyAlias !== config.vendor.keyAlias) {
      throw refused(`works with the key ${stack.vendor.keyAlias}, not ${config.vendor.keyAlias}`)
    }
  }
  const build = await buildId()
  if (stack.build !== build) throw refused(`is of another build of matteflow (${stack.build}, not ${build})`)
}

function refused(difference: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `the embedded stack that runs ${difference}`, {
    hint: 'Run `matteflow stop` and try again: what is unfinished goes on with the next stack. Or use another MATTEFLOW_HOME.',
  })
}
