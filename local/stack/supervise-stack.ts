import { rm } from 'node:fs/promises'
import type { Client, Connection } from '@temporalio/client'
import type { Config } from '../../adapters/environment/config.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import { homePaths } from '../home/home-paths.ts'
import { identifyProcess } from '../home/process-identity.ts'
import type { KeptCommand, KeptProcess } from '../processes/keep-running.ts'
import { keepRunning } from '../processes/keep-running.ts'
import { isPortClash, PortTaken } from '../processes/port-block.ts'
import { workerPolls } from '../temporal/worker-polls.ts'
import { awaitIdle } from './await-idle.ts'
import { awaitReady, connectWhenReady } from './await-ready.ts'
import type { Role, Stack } from './stack.ts'
import { ROLES, writeStack } from './stack.ts'

/** A worker drains its activities, a database writes its last pages: then patience ends. */
const GRACE_MS = 12_000

type Supervised = {
  home: string
  config: Pick<Config, 'payloadKeys'>
  stack: Stack
  commands: Partial<Record<Role, KeptCommand>>
  idleMs: number | null
  signal: AbortSignal
  log(line: string): void
  onReady(stack: Stack): void
}

/**
 * Starts the processes of a stack in order, keeps them alive, and ends them in order. Fails as `PortTaken` when one
 * of them died, at its start or later, and another program has its port.
 */
export async function superviseStack(options: Supervised): Promise<void> {
  const { home, stack, log } = options
  const processes: Partial<Record<Role, KeptProcess>> = {}
  const portTaken = new AbortController()
  const signal = AbortSignal.any([options.signal, portTaken.signal])
  const notes = createNotes(home, stack)
  const startRole = (role: Role): void => {
    const command = options.commands[role]
    if (command === undefined) return
    processes[role] = keepRunning(command, {
      started: (pid) => notes.child(role, pid),
      died(line, lastWords) {
        log(line)
        if (isPortClash(lastWords)) portTaken.abort(new PortTaken(lastWords))
      },
    })
  }
  const ready = async (role: Role, isReady: () => Promise<boolean>): Promise<void> => {
    const kept = processes[role]
    if (kept === undefined) return
    await awaitReady({ process: kept, logFile: homePaths(home).log(role), signal }, isReady)
    log(`${role} is ready`)
  }

  let connection: Connection | undefined
  try {
    await notes.state('starting')
    for (const role of ['temporal', 'ledger', 'sandbox'] as const) startRole(role)
    await Promise.all([
      ready('temporal', async () => {
        connection = await connectWhenReady(stack.temporal)
        return true
      }),
      ready('ledger', async () => processes.ledger?.isListening === true),
      ready('sandbox', async () => processes.sandbox?.isListening === true),
    ])
    const open = connection
    if (open === undefined) throw new TypeError('the Temporal server is ready without a connection')
    const client = openClient(open, stack.temporal.namespace, options.config)
    const startedAt = Date.now()
    startRole('worker')
    startRole('gateway')
    await Promise.all([
      ready('worker', () => workerPolls(open, stack.temporal.namespace, { sinceMs: startedAt })),
      ready('gateway', async () => processes.gateway?.isListening === true),
    ])
    await notes.state('ready')
    options.onReady(stack)
    await until(signal, options.idleMs, { client, home, log })
    if (!options.signal.aborted) portTaken.signal.throwIfAborted()
  } catch (error) {
    if (!signal.aborted) throw error
    if (portTaken.signal.aborted && !options.signal.aborted) throw portTaken.signal.reason
  } finally {
    await notes.state('stopping')
    await connection?.close()
    for (const role of ROLES) await processes[role]?.stop(GRACE_MS)
    await notes.close()
    await rm(homePaths(home).stack, { force: true })
  }
}

async function until(
  signal: AbortSignal,
  idleMs: number | null,
  { client, home, log }: { client: Client; home: string; log(line: string): void },
): Promise<void> {
  if (idleMs !== null) {
    await awaitIdle({ client, home, idleMs, signal })
    log('nothing to do for a while: the stack ends itself')
    return
  }
  await untilAborted(signal)
}

/** Keeps stack.json as it is, one write after the other. */
function createNotes(home: string, stack: Stack) {
  let last = Promise.resolve()
  const write = (change: () => void | Promise<void>): Promise<void> => {
    last = last.then(async () => {
      await change()
      await writeStack(home, stack)
    })
    return last
  }
  return {
    state: (state: Stack['state']) => write(() => void (stack.state = state)),
    child(role: Role, pid: number): void {
      void write(async () => {
        const identity = await identifyProcess(pid)
        if (identity !== null) stack.children[role] = identity
      })
    },
    close: () => last,
  }
}
