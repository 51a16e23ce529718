import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { serveTurns } from './serve-turns.ts'

/** The embedded database, served over loopback to clients that speak PostgreSQL. */
export interface EmbeddedDatabase {
  url: string
  close(): Promise<void>
}

/**
 * Opens PGlite on a folder, or in memory where none is given, and serves it on 127.0.0.1. A database in memory begins
 * with `files` where they are given. PGlite has no lock of its own: the caller sees to it that one process opens a
 * folder (`local/` holds a lock for the whole home).
 */
export async function serveEmbeddedDatabase({
  folder,
  files,
  port = 0,
}: {
  folder?: string
  files?: Blob
  port?: number
} = {}): Promise<EmbeddedDatabase> {
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const engine = await PGlite.create({
    ...(folder !== undefined && { dataDir: folder }),
    ...(files !== undefined && { loadDataDir: files }),
  })
  const server = new PGLiteSocketServer({ db: engine, host: '127.0.0.1', port: 0, maxConnections: 32 })
  const listening = new Promise<number>((resolve) => {
    server.addEventListener('listening', (event) => {
      resolve((event as CustomEvent<{ port: number }>).detail.port)
    })
  })
  await server.start()
  const gate = await serveTurns(await listening, port)
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${gate.port}/postgres`,
    async close() {
      await gate.close()
      await server.stop()
      await engine.close()
    },
  }
}
