import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Storage } from './storage.ts'
import { oneChunk } from './storage.ts'

const CONTENT = 'matteflow checks its storage'

/**
 * Does what a removal does, with two tiny objects of its own: look for what is not there, write, look, read, read a
 * part, list, remove together. Throws `PlatformUnavailable` as the first step that fails says it; what was written is
 * removed either way.
 */
export async function checkStorage(storage: Omit<Storage, 'check'>): Promise<void> {
  const folder = `checks/${randomUUID()}`
  const [first, second] = [`${folder}/1`, `${folder}/2`]
  const expectText = (key: string, found: string, expected: string): void => {
    if (found === expected) return
    const complaint = `storage: ${storage.location(key)} reads back other bytes than were written`
    throw new RemovalFailure('PlatformUnavailable', complaint)
  }
  try {
    await storage.stat(first)
    for (const key of [first, second])
      await storage.write(key, oneChunk(CONTENT), { contentType: 'text/plain' })
    const found = await storage.stat(first)
    if (found?.sizeBytes !== CONTENT.length) {
      const complaint = `storage: ${storage.location(first)} is not there after it was written`
      throw new RemovalFailure('PlatformUnavailable', complaint)
    }
    expectText(first, await text(await storage.read(first)), CONTENT)
    const part = await text(await storage.read(first, { start: 4, endExclusive: 8 }))
    expectText(first, part, CONTENT.slice(4, 8))
    let listed = 0
    for await (const _key of storage.list(folder)) listed += 1
    if (listed !== 2) {
      const complaint = `storage: ${storage.location(folder)} lists ${listed} of the 2 objects in it`
      throw new RemovalFailure('PlatformUnavailable', complaint)
    }
    await storage.removeAll(folder)
    if ((await storage.stat(second)) !== undefined) {
      const complaint = `storage: ${storage.location(second)} is still there after it was removed`
      throw new RemovalFailure('PlatformUnavailable', complaint)
    }
  } finally {
    // The step that failed is the news; that its objects could not be removed either is not.
    await Promise.allSettled([storage.remove(first), storage.remove(second)])
  }
}
