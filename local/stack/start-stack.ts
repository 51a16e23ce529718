import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureFfmpeg, ensureTemporalServer } from '#tools'
import type { Config } from '../../adapters/environment/config.ts'
import type { FailureDocument } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { homePaths, makeHome } from '../home/home-paths.ts'
import { homeOwner, homeTaken, isHomeTaken } from '../home/take-home.ts'
import { lastSentence, lastWords } from '../processes/last-words.ts'
import { ownCommand } from '../processes/own-command.ts'
import type { Stack } from './stack.ts'
import { findStack } from './stack.ts'
import type { StackVendor } from './stack-plan.ts'

/** What a background supervisor tells the process that started it. */
export type StackMessage =
  | { type: 'line'; line: string }
  | { type: 'ready' }
  | { type: 'taken' }
  | { type: 'failed'; failure: FailureDocument }

export interface StartStackOptions {
  config: Config
  environment: NodeJS.ProcessEnv
  vendor: StackVendor
  /** After how long an idle stack ends itself, `never` or as `10m`. */
  idle?: string
  sandboxSpeed?: number
  log(line: string): void
}

/** Starts a home's stack in the background and waits until it is ready. One that another process is starting is waited for. */
export async function startStack(options: StartStackOptions): Promise<Stack> {
  const { config, log } = options
  await makeHome(config.home)
  await ensureTemporalServer({ log })
  if (options.vendor !== 'none') await ensureFfmpeg({ log })
  log('starting the embedded stack')
  for (;;) {
    const found = await findStack(config.home)
    if (found !== null) return found
    if (!(await isHomeTaken(config.home))) await spawnSupervisor(options)
    else if ((await homeOwner(config.home))?.use === 'ledger') throw await homeTaken(config.home)
    else await sleep(200)
  }
}

async function spawnSupervisor({
  config,
  environment,
  vendor,
  log,
  ...options
}: StartStackOptions): Promise<void> {
  const paths = homePaths(config.home)
  const { command, args } = ownCommand()
  const more = [
    ...(options.idle === undefined ? [] : ['--idle', options.idle]),
    ...(options.sandboxSpeed === undefined ? [] : ['--speed', String(options.sandboxSpeed)]),
  ]
  const output = openSync(paths.log('stack'), 'a')
  const supervisor = spawn(command, [...args, 'stack', '--vendor', vendor, ...more], {
    detached: true,
    env: { ...environment, MATTEFLOW_HOME: config.home },
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  await new Promise<void>((resolve, reject) => {
    supervisor.once('error', reject)
    supervisor.once('exit', (code) => {
      void lastWords(paths.log('stack')).then((said) =>
        reject(endedEarly(code, lastSentence(said), paths.log('stack'))),
      )
    })
    supervisor.on('message', (message: StackMessage) => {
      if (message.type === 'line') log(message.line)
      if (message.type === 'ready' || message.type === 'taken') resolve()
      if (message.type === 'failed') reject(RemovalFailure.fromDocument(message.failure))
    })
  }).finally(() => {
    supervisor.removeAllListeners('exit')
    if (supervisor.connected) supervisor.disconnect()
    supervisor.unref()
  })
}

function endedEarly(code: number | null, said: string, logFile: string): RemovalFailure {
  return new RemovalFailure(
    'PlatformUnavailable',
    `the embedded stack ended at its start (exit ${code}): ${said}`,
    {
      hint: `See ${logFile}.`,
    },
  )
}
