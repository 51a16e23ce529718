import { hostname } from 'node:os'
import { ensureFfmpeg, ensureTemporalServer } from '#tools'
import type { Config } from '../../adapters/environment/config.ts'
import { buildId } from '../../worker/build-id.ts'
import { agreeOnSettings, readLastingSettings } from '../home/lasting-settings.ts'
import { identifyProcess, ownSpace } from '../home/process-identity.ts'
import { takeHome } from '../home/take-home.ts'
import { PortTaken, takePortBlock } from '../processes/port-block.ts'
import { awaitFreeDatabases, endLeftovers } from './clear-leftovers.ts'
import type { Stack } from './stack.ts'
import type { StackPlan, StackVendor } from './stack-plan.ts'
import { planStack } from './stack-plan.ts'
import { superviseStack } from './supervise-stack.ts'

export interface RunStackOptions {
  config: Config
  environment: NodeJS.ProcessEnv
  vendor: StackVendor
  /** Ends the stack when nothing was unfinished for so long; null: it stays until told. */
  idleMs: number | null
  sandboxSpeed: number
  signal: AbortSignal
  log(line: string): void
  onReady(stack: Stack): void
}

/** Each clash is with another stranger; so many are no accident. */
const MOST_CLASHES = 5

/**
 * Runs the embedded stack of a home in this process until it is told to end, or is idle for long. Gives `taken`,
 * with nothing done, where another process has the home.
 */
export async function runStack(options: RunStackOptions): Promise<'ended' | 'taken'> {
  const { config, vendor, log } = options
  const taken = await takeHome(config.home, 'stack')
  if (taken === null) return 'taken'
  try {
    const temporalServer = await ensureTemporalServer({ log })
    if (vendor !== 'none') await ensureFfmpeg({ log })
    const left = await endLeftovers(config.home)
    if (left > 0) log(`ended ${left} processes that a killed stack had left behind`)
    await awaitFreeDatabases(config.home)
    await runOnFreePorts(options, temporalServer)
    return 'ended'
  } finally {
    taken.release()
  }
}

/** Runs the stack on ports of its own; again on others when a stranger has taken one of them. */
async function runOnFreePorts(options: RunStackOptions, temporalServer: string): Promise<void> {
  const { config, environment, vendor, signal, log } = options
  for (let clashes = 0; ; clashes += 1) {
    // A block that a stranger sits in is not wished again.
    const last = clashes === 0 ? ((await readLastingSettings(config.home))?.firstPort ?? null) : null
    const block = await takePortBlock(last)
    try {
      const settings = await agreeOnSettings(config.home, {
        firstPort: block.first,
        sandbox: vendor === 'none' ? null : vendor === 'sandbox',
      })
      const { commands, ...plan } = planStack({
        config,
        environment,
        settings,
        ports: block.ports,
        vendor,
        temporalServer,
        sandboxSpeed: options.sandboxSpeed,
      })
      const stack = await describe(config, plan)
      return await superviseStack({ ...options, home: config.home, stack, commands })
    } catch (error) {
      if (!(error instanceof PortTaken) || signal.aborted || clashes === MOST_CLASHES) throw error
      log('another program has taken a port of the stack: it takes others')
    } finally {
      await block.release()
    }
  }
}

async function describe(config: Config, plan: Omit<StackPlan, 'commands'>): Promise<Stack> {
  const supervisor = await identifyProcess(process.pid)
  if (supervisor === null) throw new TypeError('this process cannot find itself')
  return {
    state: 'starting',
    supervisor,
    host: hostname(),
    network: await ownSpace('net'),
    children: {},
    storageUrl: config.storageUrl,
    build: await buildId(),
    ...plan,
  }
}
