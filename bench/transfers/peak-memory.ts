import { readFileSync } from 'node:fs'

/** The most memory this process ever held, MiB; null where the system does not tell. */
export function peakMebibytes(): number | null {
  try {
    const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return kibibytes === undefined ? null : Number(kibibytes) / 1_024
  } catch {
    return null
  }
}
