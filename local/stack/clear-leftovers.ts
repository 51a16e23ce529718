import { setTimeout as sleep } from 'node:timers/promises'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { homePaths } from '../home/home-paths.ts'
import { readJson } from '../home/json-file.ts'
import { isDatabaseOpen, isKernelLocked } from '../home/kernel-lock.ts'
import { endProcess } from '../home/process-identity.ts'
import type { Stack } from './stack.ts'

const GRACE_MS = 5_000
/** A process that has lost its supervisor ends by itself: the ledger writes its last pages within this time. */
const PATIENCE_MS = 15_000

/** Ends what a supervisor that was killed has left behind; gives how many processes that were. */
export async function endLeftovers(home: string): Promise<number> {
  const stack = await readJson<Stack>(homePaths(home).stack)
  const processes = Object.values(stack?.children ?? {})
  const ended = await Promise.all(processes.map((identity) => endProcess(identity, GRACE_MS)))
  return ended.filter(Boolean).length
}

/**
 * Waits until no process has the home's databases open. One that a killed supervisor left in another container
 * cannot be ended from here, and a second process on its files would lose what both write: then it is refused.
 */
export async function awaitFreeDatabases(home: string, patienceMs = PATIENCE_MS): Promise<void> {
  const { temporal, ledger, ledgerLock } = homePaths(home)
  const opened = () => (isKernelLocked(ledgerLock) ? ledger : isDatabaseOpen(temporal) ? temporal : null)
  for (const end = Date.now() + patienceMs; opened() !== null; await sleep(100)) {
    if (Date.now() < end) continue
    throw new RemovalFailure(
      'PlatformUnavailable',
      `${opened()} is still open in a process that a killed stack has left behind, perhaps in another container`,
      { hint: 'End that process or its container, then try again; or set another MATTEFLOW_HOME.' },
    )
  }
}
