import type { RemovalSettings } from '../new/removal-settings.ts'

/** An upload as the browser keeps it, so that a reload or a crash loses nothing that was sent. */
export interface KeptUpload {
  /** The removal's idempotency key as well. */
  key: string
  fileName: string
  sizeBytes: number
  settings: RemovalSettings
  picture: Blob | null
  /** Opens the same file again after a reload, where the browser has such handles. */
  handle: FileSystemFileHandle | null
  /** When the file was last changed, as the browser says: with name and size it tells a file from another one. */
  lastModified: number
  sha256: string | null
  /** The upload's own address at the gateway. */
  uploadUrl: string | null
  sentBytes: number
}

/** What only this browser knows of a removal. */
export interface KeptInput {
  removalId: string
  picture: Blob | null
  handle: FileSystemFileHandle | null
}

const DATABASE = 'matteflow'

/**
 * What outlives the page, in the browser's own database. Where it has none, as in some private windows, nothing is kept
 * and everything else works.
 */
export const kept = {
  uploads: () => all<KeptUpload>('uploads'),
  putUpload: (upload: KeptUpload) => put('uploads', upload),
  removeUpload: (key: string) => write('uploads', (store) => store.delete(key)),
  inputs: () => all<KeptInput>('inputs'),
  putInput: (input: KeptInput) => put('inputs', input),
  removeInput: (removalId: string) => write('inputs', (store) => store.delete(removalId)),
}

let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('uploads', { keyPath: 'key' })
      request.result.createObjectStore('inputs', { keyPath: 'removalId' })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('no database'))
  })
  return opened
}

async function all<Value>(store: string): Promise<Value[]> {
  try {
    const database = await open()
    return await resultOf<Value[]>(database.transaction(store).objectStore(store).getAll())
  } catch {
    return []
  }
}

async function put(store: string, value: { handle: FileSystemFileHandle | null }): Promise<void> {
  try {
    await writeOrThrow(store, (objects) => objects.put(value))
  } catch {
    // A handle that cannot be stored is left out rather than the rest with it.
    await write(store, (objects) => objects.put({ ...value, handle: null }))
  }
}

async function write(store: string, change: (objects: IDBObjectStore) => IDBRequest): Promise<void> {
  await writeOrThrow(store, change).catch(() => {})
}

async function writeOrThrow(store: string, change: (objects: IDBObjectStore) => IDBRequest): Promise<void> {
  const database = await open()
  await resultOf(change(database.transaction(store, 'readwrite').objectStore(store)))
}

function resultOf<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the database refused'))
  })
}
