import { remembered } from '../../domain/remembered.ts'
import type { Storage } from './storage.ts'

/** A storage that is opened by the first call which needs it; where its objects are is known before. */
export function deferredStorage(
  places: Pick<Storage, 'location' | 'localPath'>,
  open: () => Promise<Required<Storage>>,
): Required<Storage> {
  const storage = remembered(open).get
  return {
    ...places,
    write: async (...args) => (await storage()).write(...args),
    adopt: async (...args) => (await storage()).adopt(...args),
    read: async (...args) => (await storage()).read(...args),
    stat: async (...args) => (await storage()).stat(...args),
    remove: async (...args) => (await storage()).remove(...args),
    removeAll: async (...args) => (await storage()).removeAll(...args),
    async *list(...args) {
      yield* (await storage()).list(...args)
    },
    sweep: async (...args) => (await storage()).sweep(...args),
    signedUrl: async (...args) => (await storage()).signedUrl(...args),
    check: async () => (await storage()).check(),
  }
}
