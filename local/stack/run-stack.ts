import { hostname } from 'node:os'
import { ensureFfmpeg, ensureTemporalServer } from '#tools'
import type { Config } from '../../config.ts'
import { buildId } from '../home/build-id.ts'
import { settleSettings } from '../home/lasting-settings.ts'
import { markProcess, ownSpace } from '../home/process-mark.ts'
import { takeHome } from '../home/take-home.ts'
import { awaitFreeDatabases, endLeftovers } from './clear-leftovers.ts'
import type { Stack } from './stack.ts'
import type { StackVendor } from './stack-plan.ts'
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

/**
 * Runs the embedded stack of a home in this process until it is told to end, or is idle for long. Gives `taken`,
 * with nothing done, where another process has the home.
 */
export async function runStack(options: RunStackOptions): Promise<'ended' | 'taken'> {
  const { config, environment, vendor, log } = options
  const taken = await takeHome(config.home, 'stack')
  if (taken === null) return 'taken'
  try {
    const temporalServer = await ensureTemporalServer({ log })
    if (vendor !== 'none') await ensureFfmpeg({ log })
    const left = await endLeftovers(config.home)
    if (left > 0) log(`ended ${left} processes that a killed stack had left behind`)
    await awaitFreeDatabases(config.home)
    const settings = await settleSettings(config.home, {
      sandbox: vendor === 'none' ? null : vendor === 'sandbox',
    })
    const plan = planStack({
      config,
      environment,
      settings,
      vendor,
      temporalServer,
      sandboxSpeed: options.sandboxSpeed,
    })
    const supervisor = await markProcess(process.pid)
    if (supervisor === null) throw new TypeError('this process cannot find itself')
    const stack: Stack = {
      state: 'starting',
      supervisor,
      host: hostname(),
      network: await ownSpace('net'),
      children: {},
      temporal: plan.temporal,
      databaseUrl: plan.databaseUrl,
      storageUrl: config.storageUrl,
      vendor: plan.vendor,
      build: await buildId(),
    }
    await superviseStack({ ...options, home: config.home, stack, commands: plan.commands })
    return 'ended'
  } finally {
    taken.release()
  }
}
