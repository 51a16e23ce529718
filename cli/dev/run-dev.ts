import { homeTaken } from '../../local/home/take-home.ts'
import { runStack } from '../../local/stack/run-stack.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { cutOutSentence } from '../../sandbox/index.ts'
import { readNumber } from '../terminal/read-arguments.ts'
import { readConfig } from '../terminal/read-config.ts'
import { stopSignals } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** The embedded stack in the foreground. It never ends for idleness. */
export async function runDev(terminal: Terminal, flags: { speed: string }): Promise<number> {
  const config = readConfig(terminal)
  const sandboxSpeed = readNumber('--speed', flags.speed, { least: 0.001 })
  const end = await runStack({
    config,
    environment: terminal.environment,
    vendor: config.vendor.apiKey === null ? 'sandbox' : 'configured',
    idleMs: null,
    sandboxSpeed,
    signal: stopSignals(),
    log: terminal.say,
    onReady: (stack) => {
      for (const line of addressLines(stack, config.home)) terminal.result(line)
    },
  })
  if (end === 'taken') throw await homeTaken(config.home)
  terminal.say('the stack has ended; what is unfinished goes on when it starts again')
  return 0
}

function addressLines(stack: Stack, home: string): string[] {
  const vendor = stack.vendor?.isSandbox === true ? 'sandbox, no key needed' : `key ${stack.vendor?.keyAlias}`
  return [
    ...(stack.gatewayUrl ? [`page         ${stack.gatewayUrl}`] : []),
    `Temporal UI  ${stack.temporal.uiAddress}`,
    `Temporal     ${stack.temporal.address}`,
    ...(stack.databaseUrl === null ? [] : [`ledger       ${stack.databaseUrl}`]),
    `storage      ${stack.storageUrl}`,
    `vendor       ${stack.vendor?.baseUrl} (${vendor})`,
    ...(stack.vendor?.isSandbox === true ? [`cut-outs     ${cutOutSentence()}`] : []),
    `home         ${home}`,
    'ready; Ctrl-C ends it',
  ]
}
