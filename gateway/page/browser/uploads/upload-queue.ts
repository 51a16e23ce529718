import type { Removal } from '../gateway/gateway.ts'
import { gateway } from '../gateway/gateway.ts'
import { Problem, problemFrom } from '../gateway/problem.ts'
import type { RemovalSettings } from '../new/removal-settings.ts'
import { randomText } from '../random-text.ts'
import { Store } from '../store.ts'
import { hashFile } from './hash-file.ts'
import type { KeptUpload } from './kept.ts'
import { kept } from './kept.ts'
import { sendFile } from './send-file.ts'

/** An upload as it is shown. */
export interface UploadState {
  kept: KeptUpload
  /** `stopped`: it was interrupted, and goes on once the file is at hand again. */
  stage: 'reading' | 'sending' | 'starting' | 'stopped' | 'failed'
  /** Of the stage it is in. */
  share: number
  problem: Problem | null
}

/** What a person hands over to begin with. */
export interface NewUpload {
  file: File
  handle: FileSystemFileHandle | null
  picture: Blob | null
  settings: RemovalSettings
}

/** Hears of the removal that an upload became, with the file that it was made of. */
type OnStarted = (removal: Removal, upload: KeptUpload, file: File) => void

interface Entry extends UploadState {
  file: File | null
  ending: AbortController
}

/** The videos that are on their way to the gateway. Each step is kept first, so that a reload goes on where it was. */
export class UploadQueue extends Store {
  readonly #entries = new Map<string, Entry>()
  readonly #onStarted: OnStarted

  constructor(onStarted: OnStarted) {
    super()
    this.#onStarted = onStarted
  }

  get all(): readonly UploadState[] {
    return [...this.#entries.values()]
  }

  /** Shows what an earlier visit has left unfinished, but for what another tab is sending. */
  async restore(): Promise<void> {
    const busy = await busyElsewhere()
    for (const upload of await kept.uploads()) {
      if (this.#entries.has(upload.key) || busy.has(lockOf(upload.key))) continue
      const share = upload.sentBytes / upload.sizeBytes
      this.#put({
        kept: upload,
        stage: 'stopped',
        share,
        problem: null,
        file: null,
        ending: new AbortController(),
      })
    }
  }

  /** Reads, sends and starts. */
  add({ file, handle, picture, settings }: NewUpload): void {
    const upload: KeptUpload = {
      key: `page-${randomText()}`,
      fileName: file.name,
      sizeBytes: file.size,
      lastModified: file.lastModified,
      settings,
      picture,
      handle,
      sha256: null,
      uploadUrl: null,
      sentBytes: 0,
    }
    this.#begin({
      kept: upload,
      stage: 'reading',
      share: 0,
      problem: null,
      file,
      ending: new AbortController(),
    })
  }

  /** Goes on with an upload: with the file that is known, that its handle opens, or that was chosen anew. */
  async resume(key: string, chosen?: File): Promise<void> {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    const file = chosen ?? entry.file ?? (await fileOf(entry.kept.handle))
    if (file === null) {
      // Moved, removed, or the browser was told not to: then it is chosen anew.
      this.#show(entry, { kept: { ...entry.kept, handle: null } })
      return
    }
    this.#begin({ ...entry, file, stage: 'reading', share: 0, problem: null, ending: new AbortController() })
  }

  /** Whether an upload can go on without the person choosing its file again. */
  hasFile(key: string): boolean {
    const entry = this.#entries.get(key)
    return entry !== undefined && (entry.file !== null || entry.kept.handle !== null)
  }

  /** Gives an upload up; what was sent goes. */
  async cancel(key: string): Promise<void> {
    const entry = this.#entries.get(key)
    entry?.ending.abort(new DOMException('cancelled', 'AbortError'))
    // First here, since what is no longer shown must not come back with a reload.
    await kept.removeUpload(key)
    this.#entries.delete(key)
    this.changed()
    if (!entry?.kept.uploadUrl) return
    const headers = { 'tus-resumable': '1.0.0' }
    await fetch(entry.kept.uploadUrl, { method: 'DELETE', headers, keepalive: true }).catch(() => {})
  }

  #begin(entry: Entry & { file: File }): void {
    this.#put(entry)
    void holding(lockOf(entry.kept.key), () => this.#run(entry))
  }

  async #run(entry: Entry & { file: File }): Promise<void> {
    const { file, ending } = entry
    const { key, settings, sizeBytes } = entry.kept
    try {
      await this.#keep(entry, {})
      if (file.size !== sizeBytes)
        throw new Error(`${file.name} is another file than the one that was being sent.`)
      const sha256 =
        knownDigest(file, entry.kept) ?? (await hashFile(file, (share) => this.#show(entry, { share })))
      ending.signal.throwIfAborted()
      if (entry.kept.sha256 !== null && entry.kept.sha256 !== sha256)
        throw new Error(`${file.name} is another file than the one that was being sent.`)
      await this.#keep(entry, { sha256 })
      this.#show(entry, { stage: 'sending', share: entry.kept.sentBytes / sizeBytes })
      const upload = await sendFile({
        file,
        sha256,
        uploadUrl: entry.kept.uploadUrl,
        onUrl: (uploadUrl) => void this.#keep(entry, { uploadUrl }),
        onSent: (sentBytes) => {
          entry.kept = { ...entry.kept, sentBytes }
          this.#show(entry, { share: sentBytes / sizeBytes })
          this.#keepNowAndThen(entry)
        },
        signal: ending.signal,
      })
      this.#show(entry, { stage: 'starting', share: 1 })
      const removal = await gateway.start(key, { upload }, settings)
      await kept.putInput({ removalId: removal.id, picture: entry.kept.picture, handle: entry.kept.handle })
      await kept.removeUpload(key)
      this.#entries.delete(key)
      this.changed()
      this.#onStarted(removal, entry.kept, file)
    } catch (error) {
      if (ending.signal.aborted) return
      // The gateway has thrown the upload away: whatever was known of it leads nowhere.
      if (isMismatch(error)) await this.#keep(entry, { sha256: null, uploadUrl: null, sentBytes: 0 })
      this.#show(entry, { stage: 'failed', problem: problemFrom(error, 'The video could not be sent') })
    }
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.kept.key, entry)
    this.changed()
  }

  #show(entry: Entry, change: Partial<UploadState>): void {
    Object.assign(entry, change)
    this.changed()
  }

  async #keep(entry: Entry, change: Partial<KeptUpload>): Promise<void> {
    entry.kept = { ...entry.kept, ...change }
    if (!entry.ending.signal.aborted) await kept.putUpload(entry.kept)
  }

  #lastKeptAt = 0
  /** The gateway knows best how far it has got: this is only what a reload shows until it is asked. */
  #keepNowAndThen(entry: Entry): void {
    if (performance.now() - this.#lastKeptAt < 1_000) return
    this.#lastKeptAt = performance.now()
    void this.#keep(entry, {})
  }
}

/**
 * The digest that an earlier visit has made of the same file. A file that was changed and looks the same all the same is
 * refused by the gateway, which hashes what has arrived.
 */
function knownDigest(file: File, { fileName, sizeBytes, lastModified, sha256 }: KeptUpload): string | null {
  const isSame = file.name === fileName && file.size === sizeBytes && file.lastModified === lastModified
  return isSame ? sha256 : null
}

/** The tus protocol's own status for bytes that are not those of the declared digest. */
function isMismatch(error: unknown): boolean {
  return error instanceof Problem && error.status === 460
}

/** Asks for leave to read the file again, where the browser wants that. Null without a handle, or leave. */
export async function fileOf(handle: FileSystemFileHandle | null): Promise<File | null> {
  if (handle === null) return null
  try {
    const { queryPermission, requestPermission } = handle as PermittedHandle
    const mode = { mode: 'read' } as const
    const isOpen = (await queryPermission?.call(handle, mode)) === 'granted'
    if (!isOpen && (await requestPermission?.call(handle, mode)) === 'denied') return null
    return await handle.getFile()
  } catch {
    return null
  }
}

/** A part of the File System Access API that TypeScript does not know. */
interface PermittedHandle {
  queryPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>
  requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>
}

const lockOf = (key: string): string => `matteflow/upload/${key}`

/** The locks that tabs hold. Browsers have none outside secure contexts; then each tab shows every upload. */
async function busyElsewhere(): Promise<Set<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  return new Set(held.map(({ name }) => name ?? ''))
}

async function holding(lock: string, work: () => Promise<void>): Promise<void> {
  if (navigator.locks === undefined) return work()
  await navigator.locks.request(lock, work)
}
