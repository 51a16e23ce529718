import { access, constants, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** Where the embedded parts keep what is theirs, beneath one MATTEFLOW_HOME. */
export function homePaths(home: string) {
  return {
    home,
    stack: join(home, 'stack.json'),
    /** Held by the one process that the home belongs to. */
    lock: join(home, 'home.lock'),
    owner: join(home, 'home-owner.json'),
    lasting: join(home, 'embedded.json'),
    temporal: join(home, 'temporal.db'),
    /** Its name on disk is older than the word ledger. */
    ledger: join(home, 'books'),
    /** Held by the process that has the ledger open, which outlives a killed supervisor for a moment. */
    ledgerLock: join(home, 'ledger.lock'),
    sandbox: join(home, 'sandbox'),
    logs: join(home, 'logs'),
    log: (role: string) => join(home, 'logs', `${role}.log`),
  }
}

/** Makes the folders of a home. Fails in one sentence where it cannot be written. */
export async function makeHome(home: string): Promise<void> {
  try {
    await makeFolder(dirname(home), { recursive: true })
    await makeFolder(home)
    await makeFolder(homePaths(home).logs)
    await access(home, constants.W_OK)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new RemovalFailure('PlatformUnavailable', `MATTEFLOW_HOME: ${home} cannot be written (${reason})`, {
      hint: 'Make the folder writable for this user, or set MATTEFLOW_HOME to one that is.',
      cause: error,
    })
  }
}

/**
 * A folder, without its parents unless told: in a place like /proc, where none can be made, Node goes on for ever with a
 * folder and its parents.
 */
async function makeFolder(path: string, { recursive = false } = {}): Promise<void> {
  await mkdir(path, { recursive }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}
