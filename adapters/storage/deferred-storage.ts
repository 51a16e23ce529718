import type { Storage } from './storage.ts'

/** A storage that is opened by the first call which needs it; where its objects are is known before. */
export function deferredStorage(
  places: Pick<Storage, 'location' | 'localPath'>,
  open: () => Promise<Storage>,
): Storage {
  let opened: Promise<Storage> | undefined
  const storage = async (): Promise<Storage> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
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
    async signedUrl(...args) {
      const { signedUrl } = await storage()
      if (signedUrl === undefined) throw new TypeError('this storage has no signed URLs')
      return signedUrl(...args)
    },
    check: async () => (await storage()).check(),
  }
}
