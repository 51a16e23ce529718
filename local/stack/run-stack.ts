import { mkdir } from 'node:fs/promises'
import { ensureFfmpeg, ensureTemporalServer } from '#tools'
import type { Config } from '../../config.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { buildId } from '../home/build-id.ts'
import { endLeftovers } from '../home/end-leftovers.ts'
import { holdLock } from '../home/hold-lock.ts'
import { homePaths } from '../home/home-paths.ts'
import { settleSettings } from '../home/lasting-settings.ts'
import { markProcess } from '../home/process-mark.ts'
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

/** Runs the embedded stack of a home in this process until it is told to end, or is idle for long. */
export async function runStack(options: RunStackOptions): Promise<void> {
  const { config, environment, vendor, log } = options
  const paths = homePaths(config.home)
  const lock = await holdLock(paths.lock)
  if (lock === null) throw stackTaken(config.home)
  try {
    await mkdir(paths.logs, { recursive: true })
    const temporalServer = await ensureTemporalServer({ log })
    if (vendor !== 'none') await ensureFfmpeg({ log })
    const left = await endLeftovers(config.home)
    if (left > 0) log(`ended ${left} processes that a killed stack had left behind`)
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
      children: {},
      temporal: plan.temporal,
      databaseUrl: plan.databaseUrl,
      storageUrl: config.storageUrl,
      vendor: plan.vendor,
      build: await buildId(),
    }
    await superviseStack({ ...options, home: config.home, stack, commands: plan.commands })
  } finally {
    await lock.release()
  }
}

const TAKEN_HINT = 'Use that one, or end it with `matteflow stop` first.'

function stackTaken(home: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', `an embedded stack of ${home} runs already`, {
    hint: TAKEN_HINT,
  })
}

/** Whether a stack could not start since another holds the home. */
export function isStackTaken(failure: RemovalFailure): boolean {
  return failure.facts.hint === TAKEN_HINT
}
