import { randomUUID } from 'node:crypto'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Storage } from './storage.ts'

/** Proves that a storage takes, returns and removes an object; else `PlatformUnavailable`. */
export async function checkStorage(storage: Omit<Storage, 'check'>): Promise<void> {
  const key = `checks/${randomUUID()}`
  const text = `matteflow ${key}`
  await storage.write(key, bytesOf(text), { contentType: 'text/plain' })
  try {
    const parts: Buffer[] = []
    for await (const part of await storage.read(key)) parts.push(part as Buffer)
    if (Buffer.concat(parts).toString() !== text) {
      throw new RemovalFailure(
        'PlatformUnavailable',
        `storage: ${storage.location(key)} reads back other bytes than were written`,
      )
    }
  } finally {
    await storage.remove(key)
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
