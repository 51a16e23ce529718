import { randomInt } from 'node:crypto'
import type { Server } from 'node:net'
import { createServer } from 'node:net'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** What the processes of a stack listen on, in the order of their places within a block. */
const PLACES = ['temporal', 'ui', 'temporalHttp', 'temporalMetrics', 'ledger', 'sandbox', 'gateway'] as const

export type StackPorts = Record<(typeof PLACES)[number], number>

/** Consecutive ports that are one stack's alone: its supervisor listens on the first for as long as it lives. */
export interface PortBlock {
  first: number
  ports: StackPorts
  release(): Promise<void>
}

/**
 * Blocks lie below the ports that systems give to outgoing connections and to servers that take any (from 32768 on
 * Linux, from 49152 on macOS and Windows): such a one would sometimes come between the choice of a port and the
 * process that is started to listen on it, or between its death and its next start.
 */
const LOWEST = 20_000
const HIGHEST = 32_000
const SIZE = 16
const MOST_TRIES = 100

/** Another program has a port of a stack: the stack takes another block. */
export class PortTaken extends Error {
  override name = 'PortTaken'
}

/** What Node, Go and our own roles say of a port that is in use. */
const CLASH = /EADDRINUSE|address already in use|is in use by another process|only one usage of each socket/i

/** Whether the last words of a process say that its port was taken. */
export function isPortClash(lastWords: string): boolean {
  return CLASH.test(lastWords)
}

/** Takes a block for this process: the wished one where it is free, so that a home's addresses last. */
export async function takePortBlock(wished: number | null): Promise<PortBlock> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const first =
      tries === 0 && wished !== null ? wished : LOWEST + SIZE * randomInt((HIGHEST - LOWEST) / SIZE)
    const block = await tryToTake(first)
    if (block !== null) return block
  }
  throw new RemovalFailure(
    'PlatformUnavailable',
    `no ${SIZE} consecutive ports of 127.0.0.1 between ${LOWEST} and ${HIGHEST} are free`,
    { hint: 'End programs that listen there.' },
  )
}

async function tryToTake(first: number): Promise<PortBlock | null> {
  const guard = await listen(first)
  if (guard === null) return null
  const release = () => close(guard)
  // Two supervisors never get here with the same block, so that only strangers can have one of the others.
  for (const [index] of PLACES.entries()) {
    const server = await listen(first + 1 + index)
    if (server === null) {
      await release()
      return null
    }
    await close(server)
  }
  const ports = Object.fromEntries(PLACES.map((name, index) => [name, first + 1 + index])) as StackPorts
  return { first, ports, release }
}

function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(null))
    // The guard alone keeps no process alive.
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server.unref()))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
