import { readFileSync } from 'node:fs'

/** The most memory that a process ever held, this one unless another is named, MiB; null where the system does not tell. */
export function peakMebibytes(pid: number | string = 'self'): number | null {
  try {
    const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? null : Number(kibibytes) / 1_024
  } catch {
    return null
  }
}
