import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findPostgres } from '#tools'
import { freePort } from '../../testing/free-port.ts'

const run = promisify(execFile)

export interface Postgres {
  url: string
  close(): Promise<void>
}

/** A PostgreSQL of one's own, as production has it, fsync and all; null where none is installed. */
export async function startPostgres(): Promise<Postgres | null> {
  const tools = await findPostgres()
  if (tools === undefined) return null
  const user = await serverUser()
  const cwd = await mkdtemp(join(tmpdir(), 'matteflow-postgres-'))
  if (user !== null) await chown(cwd, user.uid, user.gid)
  const options = { cwd, ...user }
  await run(join(tools, 'initdb'), ['-D', cwd, '-U', 'ada', '-A', 'trust', '-E', 'UTF8'], options)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C']
  const server = spawn(
    join(tools, 'postgres'),
    ['-D', cwd, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = once(server, 'exit')
  await new Promise<void>((resolve, reject) => {
    let said = ''
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`postgres ended: ${said}`)))
  })
  return {
    url: `postgres://ada@127.0.0.1:${port}/postgres`,
    async close() {
      server.kill('SIGQUIT')
      await ended
      await rm(cwd, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root; Debian's package brings a user of its own. */
async function serverUser(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  return { uid: await idOf('-u'), gid: await idOf('-g') }
}
