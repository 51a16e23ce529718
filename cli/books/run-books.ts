import { serveEmbeddedBooks } from '../../local/stack/embedded-books.ts'
import { readConfig } from '../terminal/read-config.ts'
import { readPort } from '../terminal/read-number.ts'
import { stopSignalsOfChild, untilAborted } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

export async function runBooks(terminal: Terminal, { port = '0' }: { port?: string }): Promise<number> {
  const stopping = stopSignalsOfChild()
  const books = await serveEmbeddedBooks(readConfig(terminal).home, readPort(port))
  terminal.say(`the books are served at ${books.url}`)
  await untilAborted(stopping)
  await books.close()
  return 0
}
