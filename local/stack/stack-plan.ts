import type { Config } from '../../adapters/environment/config.ts'
import { searchAttributeFlags } from '../../worker/temporal/register-search-attributes.ts'
import { homePaths } from '../home/home-paths.ts'
import type { LastingSettings } from '../home/lasting-settings.ts'
import type { KeptCommand } from '../processes/keep-running.ts'
import { ownCommand } from '../processes/own-command.ts'
import type { StackPorts } from '../processes/port-block.ts'
import type { Role, Stack } from './stack.ts'

/** Who the worker of a stack buys from; `none`: a stack without a worker, to look at what is there. */
export type StackVendor = 'configured' | 'sandbox' | 'none'

export interface StackPlan {
  commands: Partial<Record<Role, KeptCommand>>
  temporal: Stack['temporal']
  databaseUrl: string | null
  vendor: Stack['vendor']
  gatewayUrl: string | null
}

type PlanInput = {
  config: Config
  environment: NodeJS.ProcessEnv
  settings: LastingSettings
  ports: StackPorts
  vendor: StackVendor
  temporalServer: string
  sandboxSpeed: number
}

/** Which processes a stack consists of, how each is started, and what it needs to know of the others. */
export function planStack(input: PlanInput): StackPlan {
  const { config, settings, ports, vendor } = input
  const paths = homePaths(config.home)
  const isSandbox = vendor === 'sandbox'
  const baseUrl = isSandbox ? `http://127.0.0.1:${ports.sandbox}` : config.vendor.baseUrl
  const temporal = {
    address: `127.0.0.1:${ports.temporal}`,
    namespace: 'default',
    uiAddress: `http://127.0.0.1:${ports.ui}`,
  }
  const embeddedUrl = `postgres://postgres:postgres@127.0.0.1:${ports.ledger}/postgres`
  const own = (role: Role, args: string[], more: NodeJS.ProcessEnv = {}): KeptCommand => {
    const { command, args: launcher } = ownCommand()
    return {
      name: role,
      command,
      args: [...launcher, role, ...args],
      environment: { ...withoutTemporal(input.environment), MATTEFLOW_HOME: config.home, ...more },
      logFile: paths.log(role),
      isOwn: true,
    }
  }
  const places = {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    DATABASE_URL: config.databaseUrl ?? embeddedUrl,
    STORAGE_URL: config.storageUrl,
    REMOVEBGVIDEO_BASE_URL: baseUrl,
  }
  const worker = own('worker', [], {
    ...places,
    ...(isSandbox ? { REMOVEBGVIDEO_API_KEY: settings.sandboxKey } : {}),
  })
  const gatewayPort =
    config.gateway.port === null || config.gateway.port === 0 ? ports.gateway : config.gateway.port
  const gateway = own('gateway', [], {
    ...places,
    GATEWAY_PORT: String(gatewayPort),
  })
  const sandbox = [
    '--port',
    String(ports.sandbox),
    '--data',
    paths.sandbox,
    '--speed',
    String(input.sandboxSpeed),
  ]
  return {
    temporal,
    databaseUrl: config.databaseUrl === null ? embeddedUrl : null,
    gatewayUrl: vendor === 'none' ? null : `http://127.0.0.1:${gatewayPort}`,
    vendor: vendor === 'none' ? null : { baseUrl, keyAlias: config.vendor.keyAlias, isSandbox },
    commands: {
      temporal: {
        name: 'temporal',
        command: input.temporalServer,
        args: temporalArguments({ databaseFile: paths.temporal, ports }),
        environment: withoutTemporal(input.environment),
        logFile: paths.log('temporal'),
        isOwn: false,
      },
      ...(config.databaseUrl === null ? { ledger: own('ledger', ['--port', String(ports.ledger)]) } : {}),
      ...(isSandbox ? { sandbox: own('sandbox', [...sandbox, '--key', settings.sandboxKey]) } : {}),
      ...(vendor === 'none' ? {} : { worker, gateway }),
    },
  }
}

/** The embedded server is meant, whatever the caller's environment says of others. */
function withoutTemporal(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')))
}

/** A development server has one history shard, which by default reads each queue at most 20 times a second. */
const QUEUE_READS = [
  'history.transferProcessorMaxPollRPS',
  'history.timerProcessorMaxPollRPS',
  'history.visibilityProcessorMaxPollRPS',
]
/** A workflow is reported as stuck after three failed tasks in a row, instead of after five, which takes a minute. */
const STUCK_AFTER = 'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=3'

/** The arguments that start the embedded Temporal server on 127.0.0.1. */
export function temporalArguments(at: {
  databaseFile: string
  ports: Record<'temporal' | 'ui' | 'temporalHttp' | 'temporalMetrics', number>
}): string[] {
  return [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${at.ports.temporal}`,
    '--headless=false',
    `--ui-port=${at.ports.ui}`,
    '--ui-disable-news-fetch',
    `--http-port=${at.ports.temporalHttp}`,
    `--metrics-port=${at.ports.temporalMetrics}`,
    '--log-level=warn',
    '--log-format=json',
    `--db-filename=${at.databaseFile}`,
    // Safe against killed processes, and a third faster than a rollback journal.
    '--sqlite-pragma=journal_mode=WAL',
    '--sqlite-pragma=synchronous=NORMAL',
    ...QUEUE_READS.map((name) => `--dynamic-config-value=${name}=5000`),
    `--dynamic-config-value=${STUCK_AFTER}`,
    ...searchAttributeFlags().map((flag) => `--search-attribute=${flag}`),
  ]
}
