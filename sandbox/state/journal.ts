import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { VendorJob } from './vendor-job.ts'

export type Upload = { file: string; sizeBytes: number; filename: string; durationSeconds: number | null }

/** One change of state. Of several entries about the same thing the last one holds. */
export type JournalEntry =
  | { type: 'job'; job: VendorJob }
  | { type: 'upload'; upload: Upload }
  | { type: 'key'; key: string; accepted: boolean }
  | { type: 'grant'; grant: Grant | null }
  | { type: 'secret'; secret: string }

/** A balance set by hand, and what had been billed until then. */
export type Grant = { millicredits: number; billedBefore: number }

export type Journal = {
  write(entry: JournalEntry): void
}

/** Appends to the file, so that a killed process loses nothing that it had answered. */
export function openJournal(path: string, replay: (entry: JournalEntry) => void): Journal {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  const whole = lines.filter((line, index) => line !== '' && index < lines.length - 1)
  for (const line of whole) replay(JSON.parse(line) as JournalEntry)
  // The last line may be half a line when the process was killed while writing it.
  writeFileSync(path, whole.map((line) => `${line}\n`).join(''))
  return { write: (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`) }
}
