import { findPostgres } from '#tools'
import { startPostgres } from '../../testing/postgres-server.ts'

/** A PostgreSQL of one's own, as production has it, fsync and all; null where none is installed. */
export async function postgresPlace(): Promise<{
  name: string
  url: string
  close(): Promise<void>
} | null> {
  const tools = await findPostgres()
  return tools === undefined ? null : { name: 'PostgreSQL', ...(await startPostgres(tools, { fsync: true })) }
}
