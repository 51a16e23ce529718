import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxModes } from '../modes.ts'
import { billedMillicredits } from './billing.ts'
import type { VendorJob } from './vendor-job.ts'

/** Everything the vendor remembers; survives a restart over the same folder. */
export type VendorState = {
  readonly jobs: ReadonlyMap<string, VendorJob>
  readonly uploads: ReadonlyMap<string, Upload>
  /** Signs output URLs. */
  readonly secret: string
  acceptedKeys(): string[]
  setKey(key: string, accepted: boolean): void
  isAccepted(key: string): boolean
  save(job: VendorJob): void
  saveUpload(upload: Upload): void
  jobOf(id: string, fingerprint: string): VendorJob | undefined
  totalBilled(): number
  /** What is left to spend in millicredits; null is without limit. */
  balance(): number | null
  setBalance(millicredits: number | null): void
}

export function openVendorState(dataDir: string, modes: SandboxModes): VendorState {
  const jobs = new Map<string, VendorJob>()
  const uploads = new Map<string, Upload>()
  const keys = new Map<string, boolean>()
  let grant: Grant | null = null
  let secret: string | undefined

  const journal = openJournal(join(dataDir, 'journal.jsonl'), (entry) => {
    if (entry.type === 'job') jobs.set(entry.job.id, entry.job)
    if (entry.type === 'upload') uploads.set(entry.upload.file, entry.upload)
    if (entry.type === 'key') keys.set(entry.key, entry.accepted)
    if (entry.type === 'grant') grant = entry.grant
    if (entry.type === 'secret') secret = entry.secret
  })
  if (secret === undefined) {
    secret = randomBytes(16).toString('hex')
    journal.write({ type: 'secret', secret })
  }

  const totalBilled = () => [...jobs.values()].reduce((sum, job) => sum + billedMillicredits(job, modes), 0)
  return {
    jobs,
    uploads,
    secret,
    acceptedKeys: () => [...keys].filter(([, accepted]) => accepted).map(([key]) => key),
    isAccepted: (key) => keys.get(key) === true,
    setKey(key, accepted) {
      keys.set(key, accepted)
      journal.write({ type: 'key', key, accepted })
    },
    save(job) {
      jobs.set(job.id, job)
      journal.write({ type: 'job', job })
    },
    saveUpload(upload) {
      uploads.set(upload.file, upload)
      journal.write({ type: 'upload', upload })
    },
    jobOf(id, fingerprint) {
      const job = jobs.get(id)
      return job?.keyFingerprint === fingerprint ? job : undefined
    },
    totalBilled,
    balance: () => (grant === null ? null : grant.millicredits - (totalBilled() - grant.billedBefore)),
    setBalance(millicredits) {
      grant = millicredits === null ? null : { millicredits, billedBefore: totalBilled() }
      journal.write({ type: 'grant', grant })
    },
  }
}

type Upload = { file: string; sizeBytes: number; filename: string; durationSeconds: number | null }

/** One change of state. Of several entries about the same thing the last one holds. */
type JournalEntry =
  | { type: 'job'; job: VendorJob }
  | { type: 'upload'; upload: Upload }
  | { type: 'key'; key: string; accepted: boolean }
  | { type: 'grant'; grant: Grant | null }
  | { type: 'secret'; secret: string }

/** A balance set by hand, and what had been billed until then. */
type Grant = { millicredits: number; billedBefore: number }

type Journal = {
  write(entry: JournalEntry): void
}

/** Appends to the file, so that a killed process loses nothing that it had answered. */
function openJournal(path: string, replay: (entry: JournalEntry) => void): Journal {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  const whole = lines.filter((line, index) => line !== '' && index < lines.length - 1)
  for (const line of whole) replay(JSON.parse(line) as JournalEntry)
  // The last line may be half a line when the process was killed while writing it.
  writeFileSync(path, whole.map((line) => `${line}\n`).join(''))
  return { write: (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`) }
}

/** The name that a video was uploaded under; null for a URL that is no upload of this sandbox. */
export function inputName({ uploads }: Pick<VendorState, 'uploads'>, videoUrl: string): string | null {
  return uploads.get(videoUrl.split('/').at(-1) ?? '')?.filename ?? null
}
