import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { failureFromDatabase } from './errors.ts'
import type { Database } from './open-database.ts'
import { sharedKeys } from './schema.ts'

/** A random key that every role with this database has in common; the first who asks makes it. */
export async function sharedKey(database: Database, name: string): Promise<Buffer> {
  try {
    const fresh = randomBytes(32).toString('base64')
    await database.insert(sharedKeys).values({ name, key: fresh }).onConflictDoNothing()
    const [row] = await database.select().from(sharedKeys).where(eq(sharedKeys.name, name))
    return Buffer.from(row?.key ?? fresh, 'base64')
  } catch (error) {
    throw failureFromDatabase(error, 'shared key')
  }
}

/** The key from which the unguessable end of an unsigned callback's address is derived. */
export const CALLBACK_KEY = 'callback'
