import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** A gate on 127.0.0.1 that lets one client at a time speak to the server behind it. */
export interface TurnGate {
  port: number
  close(): Promise<void>
}

const READY_FOR_QUERY = 0x5a
const IDLE = 0x49
const TERMINATE = 0x58

/**
 * PGlite is one session behind however many connections, and its socket server queues single messages: unnamed
 * statements and transactions of several clients get mixed up under load. Here a client keeps its turn from its
 * first byte until the server says that it is idle, outside any transaction; the others wait.
 */
export async function serveTurns(serverPort: number, port: number): Promise<TurnGate> {
  const waiting: (() => void)[] = []
  let isTaken = false
  const take = (): Promise<void> =>
    new Promise((resolve) => {
      if (isTaken) waiting.push(resolve)
      else {
        isTaken = true
        resolve()
      }
    })
  const pass = (): void => {
    const next = waiting.shift()
    if (next === undefined) isTaken = false
    else next()
  }
  const sockets = new Set<Socket>()
  const gate = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1')
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.once('close', () => sockets.delete(socket))
    }
    guide(client, server, take, pass)
  })
  await new Promise<void>((resolve, reject) => {
    gate.once('error', reject)
    gate.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (gate.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => gate.close(resolve))
    },
  }
}

/** Brings one client's words to the server in its turns, and the answers back. */
function guide(client: Socket, server: Socket, take: () => Promise<void>, pass: () => void): void {
  let turn: 'none' | 'waiting' | 'held' = 'none'
  let unsent: Buffer[] = []
  const end = (): void => {
    if (turn === 'held') pass()
    turn = 'none'
  }
  client.on('data', (chunk: Buffer) => {
    if (turn === 'held' || (turn === 'none' && chunk[0] === TERMINATE)) {
      server.write(chunk)
      return
    }
    unsent.push(chunk)
    if (turn === 'waiting') return
    turn = 'waiting'
    void take().then(() => {
      turn = 'held'
      if (server.destroyed) return end()
      server.write(Buffer.concat(unsent))
      unsent = []
    })
  })
  const read = readyReader()
  server.on('data', (chunk: Buffer) => {
    client.write(chunk)
    if (read(chunk)) end()
  })
  // The server behind rolls back what a lost client left open before the next one's turn.
  client.on('close', () => server.end())
  server.on('close', () => {
    client.destroy()
    end()
  })
  for (const socket of [client, server]) socket.on('error', () => socket.destroy())
}

/** Follows the server's messages; true for a chunk at whose end it is ready and idle. */
function readyReader(): (chunk: Buffer) => boolean {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let isReady = false
    while (bytes.length >= 5) {
      const length = 1 + bytes.readUInt32BE(1)
      if (bytes.length < length) break
      isReady = bytes[0] === READY_FOR_QUERY && bytes[5] === IDLE
      bytes = bytes.subarray(length)
    }
    rest = bytes
    return isReady && rest.length === 0
  }
}
