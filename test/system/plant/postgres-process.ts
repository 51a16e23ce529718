import { execFile } from 'node:child_process'
import { chown, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { databaseUser, freePort } from '../../../testing/postgres-server.ts'
import type { DatabaseProcess } from './ledger-process.ts'
import type { Mortal } from './mortal.ts'
import { startMortal } from './mortal.ts'

const REVIVAL_MS = 30_000

/** PostgreSQL as production has it, fsync and all, over a folder that whoever asks removes. */
export async function startPostgresProcess(tools: string): Promise<DatabaseProcess> {
  const user = databaseUser()
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-postgres-'))
  const port = await freePort()
  if (user !== undefined) await chown(folder, user.uid, user.gid)
  const flags = ['-D', folder, '-U', 'ada', '-A', 'trust', '--no-sync', '-E', 'UTF8']
  await promisify(execFile)(join(tools, 'initdb'), flags, { cwd: folder, ...user })
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C']
  const start = () =>
    startMortal({
      command: join(tools, 'postgres'),
      args: ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      cwd: folder,
      ...(user === undefined ? {} : { user }),
      readyWhen: /ready to accept connections/,
    })
  let server = await start()
  return {
    url: `postgres://ada@127.0.0.1:${port}/postgres`,
    folder,
    isAlive: () => server.isAlive(),
    kill: () => server.kill(),
    stop: () => server.stop(),
    async revive() {
      server = await insistently(start)
    },
  }
}

/** Its children outlive a killed server by a moment, and no second one may share their memory. */
async function insistently(start: () => Promise<Mortal>): Promise<Mortal> {
  for (const endsAt = Date.now() + REVIVAL_MS; ; ) {
    try {
      return await start()
    } catch (error) {
      if (Date.now() > endsAt) throw error
    }
  }
}
