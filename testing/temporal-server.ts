import { TestWorkflowEnvironment } from '@temporalio/testing'
import type { LogLevel } from '@temporalio/worker'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { ensureTemporalServer, ensureTestServer } from '#tools'
import { SILENT_RUNTIME } from '../worker/replay/silent-runtime.ts'
import { addSearchAttributes, searchAttributeFlags } from '../worker/temporal/register-search-attributes.ts'

/** Which server a test runs on: the real one, or the one that skips time (no visibility, no reset). */
export type ServerKind = 'dev' | 'time-skipping'

/**
 * A Temporal server of one's own on 127.0.0.1, with matteflow's search attributes. `settings` are the real server's
 * dynamic ones, as `name=value`; `isSilent` leaves stdout and stderr to whoever asks. End it with `teardown()`.
 */
export async function startTemporalServer(
  kind: ServerKind,
  { logLevel = 'ERROR' as LogLevel, settings = [] as readonly string[], isSilent = false } = {},
): Promise<TestWorkflowEnvironment> {
  installRuntimeOnce(logLevel, isSilent)
  reachThisMachineDirectly()
  if (kind === 'dev') {
    const executable = { type: 'existing-path', path: await ensureTemporalServer() } as const
    const extraArgs = [
      ...FAST_DEV_SERVER,
      ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ]
    return withPatience(() => TestWorkflowEnvironment.createLocal({ server: { executable, extraArgs } }))
  }
  const executable = { type: 'existing-path', path: await ensureTestServer() } as const
  const environment = await withPatience(() =>
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }),
  )
  // It cannot list what it has, and hangs silently on an attribute that it has not.
  await addSearchAttributes(environment.connection, environment.namespace ?? 'default')
  return environment
}

/** The SDK gives a server five seconds, which a busy machine may miss more than once. */
async function withPatience<Result>(start: () => Promise<Result>, tries = 4): Promise<Result> {
  try {
    return await start()
  } catch (error) {
    if (tries === 1) throw error
    return withPatience(start, tries - 1)
  }
}

/** The dev server reads its queues twenty times a second unless told otherwise, which is most of a short test's time. */
const FAST_DEV_SERVER = [
  ...['transfer', 'timer', 'visibility'].flatMap((queue) => [
    '--dynamic-config-value',
    `history.${queue}ProcessorMaxPollRPS=5000`,
  ]),
  ...searchAttributeFlags().flatMap((flag) => ['--search-attribute', flag]),
]

/** The test environment makes its own connections, and gRPC would look for this machine behind a proxy. */
function reachThisMachineDirectly(): void {
  const direct = process.env['no_grpc_proxy'] ?? process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? ''
  const missing = ['127.0.0.1', 'localhost'].filter((host) => !direct.split(',').includes(host))
  process.env['no_grpc_proxy'] = [direct, ...missing].filter((entry) => entry !== '').join(',')
}

/** Once per process, before any connection; whoever installed one before keeps it. */
function installRuntimeOnce(logLevel: LogLevel, isSilent: boolean): void {
  try {
    Runtime.install(isSilent ? SILENT_RUNTIME : { logger: new DefaultLogger(logLevel) })
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalStateError') throw error
  }
}
