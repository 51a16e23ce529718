import { execFile, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const OWNERS_PASSWORD = 'secret-word'
const SELF_SIGNED = [
  'req',
  '-new',
  '-x509',
  '-nodes',
  '-days',
  '2',
  '-subj',
  '/CN=127.0.0.1',
  '-newkey',
  'rsa:2048',
]

/** A server of one's own. */
export interface Postgres {
  url: string
  close(): Promise<void>
}

/** What a server of somebody else may want. */
interface PostgresOptions {
  /** Everybody needs a password; the owner's is in the URL. */
  checksPasswords?: boolean
  /** It speaks TLS with a certificate that it signed itself. */
  tls?: boolean
  /** It waits for the disk, as in production. */
  fsync?: boolean
}

/** A PostgreSQL server of one's own on 127.0.0.1, with nothing in it. */
export async function startPostgres(
  tools: string,
  { checksPasswords = false, tls = false, fsync = false }: PostgresOptions = {},
): Promise<Postgres> {
  const user = databaseUser()
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-postgres-'))
  if (user !== undefined) await chown(folder, user.uid, user.gid)
  const options = { ...user, cwd: folder }
  const passwordFile = `${folder}-password`
  await writeFile(passwordFile, OWNERS_PASSWORD, { mode: 0o644 })
  const rights = checksPasswords ? ['-A', 'scram-sha-256', '--pwfile', passwordFile] : ['-A', 'trust']
  await run(join(tools, 'initdb'), ['-D', folder, '-U', 'ada', ...rights, '--no-sync', '-E', 'UTF8'], options)
  await rm(passwordFile)
  if (tls) await run('openssl', [...SELF_SIGNED, '-keyout', 'server.key', '-out', 'server.crt'], options)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'lc_messages=C']
  if (!fsync) settings.push('fsync=off')
  if (tls) settings.push('ssl=on')
  const server = spawn(
    join(tools, 'postgres'),
    ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
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
    url: `postgres://ada:${OWNERS_PASSWORD}@127.0.0.1:${port}/postgres`,
    async close() {
      // "Immediate" shutdown: nobody needs these files again.
      server.kill('SIGQUIT')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The user whom PostgreSQL runs as: it refuses root, and Debian's package brings a user of its own. Undefined: the user of this process. */
export function databaseUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Below the ports that systems give to outgoing connections, which would take one that is free for a moment. */
const LOWEST = 10_000
const HIGHEST = 19_999

/** A port of 127.0.0.1 that nobody listens on, for a server that a test starts, kills and starts again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
