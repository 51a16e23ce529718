import { stopStack } from '../../local/stack/stop-stack.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'

export async function runStop(terminal: Terminal, { json = false }: { json?: boolean }): Promise<number> {
  const config = readConfig(terminal)
  const { home } = config
  const stopped = await stopStack(home, config)
  if (json) {
    terminal.json({ stopped: stopped.wasRunning, unfinished: stopped.unfinished })
    return 0
  }
  terminal.result(
    stopped.wasRunning ? `stopped the embedded stack of ${home}` : `no embedded stack of ${home} runs`,
  )
  if (stopped.wasRunning && stopped.unfinished === null)
    terminal.say('what is unfinished could not be asked: Temporal did not answer')
  for (const { id, state } of stopped.unfinished ?? []) terminal.result(`unfinished ${id} ${state}`)
  if (stopped.unfinished !== null && stopped.unfinished.length > 0) {
    terminal.say('they go on with the next command that needs the stack')
  }
  return 0
}
