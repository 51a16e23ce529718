import type { IncomingMessage, Server } from 'node:http'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Stands before the vendor, and can be gone: its port then refuses connections. */
export interface Gate {
  url: string
  /** The port closes with the `nth` answer that matches, for so long. Resolves when it is open again. */
  closeAfter(answer: RegExp, nth: number, forMs: number): Promise<void>
  /** The port closes now, for so long. */
  closeFor(ms: number): Promise<void>
  close(): Promise<void>
}

/** Every call makes a connection of its own, so that a closed port meets the very next one. */
export async function openGate(target: string): Promise<Gate> {
  let onAnswer = async (_answer: string): Promise<void> => {}
  let port = 0
  let server = await listen()

  async function listen(): Promise<Server> {
    const opened = createServer((incoming, outgoing) => {
      const onward = forward(`${target}${incoming.url ?? ''}`, {
        method: incoming.method ?? 'GET',
        headers: { ...incoming.headers, connection: 'close' },
      })
      onward.once('error', () => outgoing.destroy())
      onward.once('response', (response: IncomingMessage) => {
        const headers = { ...response.headers, connection: 'close' }
        const label = `${incoming.method} ${incoming.url} ${response.statusCode}`
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        const forward = async (): Promise<void> => {
          const body = Buffer.concat(chunks)
          // Before the answer goes out: whoever reads it finds the port as it is to be.
          await onAnswer(`${label} ${body.toString('latin1')}`)
          outgoing.writeHead(response.statusCode ?? 502, headers).end(body)
        }
        response.once('end', () => void forward())
      })
      incoming.pipe(onward)
    })
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve))
    port = (opened.address() as AddressInfo).port
    return opened
  }

  async function closeFor(ms: number): Promise<void> {
    // Connections that are open may end; `close` only stops new ones.
    server.close()
    await pause(ms)
    server = await listen()
  }

  return {
    url: `http://127.0.0.1:${port}`,
    closeFor,
    closeAfter(answer, nth, forMs) {
      let left = nth
      return new Promise((resolve) => {
        onAnswer = async (text) => {
          if (!answer.test(text)) return
          left -= 1
          if (left > 0) return
          onAnswer = async () => {}
          void closeFor(forMs).then(resolve)
        }
      })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
