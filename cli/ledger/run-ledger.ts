import { untilAborted } from '../../domain/until-aborted.ts'
import { serveLedger } from '../../local/stack/serve-ledger.ts'
import { readPort } from '../terminal/read-arguments.ts'
import { readConfig } from '../terminal/read-config.ts'
import { stopSignalsOfChild, tellListening } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

export async function runLedger(terminal: Terminal, { port = '0' }: { port?: string }): Promise<number> {
  const stopping = stopSignalsOfChild()
  const ledger = await serveLedger(readConfig(terminal).home, readPort(port))
  terminal.say(`the ledger is served at ${ledger.url}`)
  tellListening()
  await untilAborted(stopping)
  await ledger.close()
  return 0
}
