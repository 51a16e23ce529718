import { randomUUID } from 'node:crypto'

/** Uploads, finished or not, are kept for so long. A removal that takes one keeps a copy of its own. */
export const UPLOAD_LASTS_MS = 24 * 3_600_000

/** A new upload's id. Its end is part of it, so that an upload which is gone for its age is told from one that never was. */
export function newUploadId(nowMs: number): string {
  const ends = Math.ceil((nowMs + UPLOAD_LASTS_MS) / 1_000)
  return `up_${ends.toString(36)}_${randomUUID().replaceAll('-', '')}`
}

/** When an upload ends, epoch milliseconds; undefined for what is no id of ours. */
export function uploadEndsAtMs(id: string): number | undefined {
  const [, ends] = /^up_([0-9a-z]{1,9})_[0-9a-f]{32}$/.exec(id) ?? []
  return ends === undefined ? undefined : Number.parseInt(ends, 36) * 1_000
}
