import { join } from 'node:path'
import { freePort } from '../../../testing/postgres-server.ts'
import { LAUNCHER } from './launcher.ts'
import type { Mortal } from './mortal.ts'
import { startMortal } from './mortal.ts'

/** A database server in a process of its own, over files that outlive it. */
export interface DatabaseProcess extends Mortal {
  url: string
  /** Where its files are. */
  folder: string
  /** Starts it again on the same port and files. */
  revive(): Promise<void>
}

/** The embedded ledger, as the embedded stack runs them. */
export async function startLedgerProcess(home: string): Promise<DatabaseProcess> {
  const port = await freePort()
  const start = () =>
    startMortal({
      command: process.execPath,
      args: [LAUNCHER, 'ledger', '--port', String(port)],
      environment: { HOME: home, MATTEFLOW_HOME: home },
      readyWhen: /served at/,
    })
  let server = await start()
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    folder: join(home, 'books'),
    isAlive: () => server.isAlive(),
    kill: () => server.kill(),
    stop: () => server.stop(),
    async revive() {
      server = await start()
    },
  }
}
