import type { Storage } from './storage.ts'

/** One call that ended. */
export interface StorageCall {
  operation: 'write' | 'adopt' | 'read' | 'stat' | 'remove' | 'removeAll'
  durationMs: number
  outcome: 'ok' | 'failed'
}

/** The same storage, whose calls are told to whoever measures it. A read is measured until its first byte may come. */
export function meteredStorage(storage: Storage, onCall: (call: StorageCall) => void): Storage {
  const metered =
    <Args extends unknown[], Result>(
      operation: StorageCall['operation'],
      call: (...args: Args) => Promise<Result>,
    ) =>
    async (...args: Args): Promise<Result> => {
      const begun = performance.now()
      let outcome: StorageCall['outcome'] = 'ok'
      try {
        return await call(...args)
      } catch (error) {
        outcome = 'failed'
        throw error
      } finally {
        onCall({ operation, durationMs: performance.now() - begun, outcome })
      }
    }
  return {
    ...storage,
    write: metered('write', storage.write),
    adopt: metered('adopt', storage.adopt),
    read: metered('read', storage.read),
    stat: metered('stat', storage.stat),
    remove: metered('remove', storage.remove),
    removeAll: metered('removeAll', storage.removeAll),
  }
}
