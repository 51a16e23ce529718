import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BreakerState } from '../activities/breakers.ts'

/** A circuit breaker that does not let every call through. */
export interface TrippedBreaker {
  operation: string
  state: Exclude<BreakerState, 'closed'>
  /** ISO time of its last change. */
  since: string
}

/** Where the workers of a home leave word of their breakers, a file for each process that has tripped ones. */
export function breakersFolder(workFolder: string): string {
  return join(workFolder, 'breakers')
}

/** This process's word of its breakers; there is a file only while one is tripped. */
export function openBreakersFile(workFolder: string) {
  const folder = breakersFolder(workFolder)
  const path = join(folder, `${process.pid}.json`)
  const tripped = new Map<string, TrippedBreaker>()
  const remove = (): void => rmSync(path, { force: true })
  // An earlier process of the same id may have been killed.
  remove()
  return {
    /** Synchronous, so that the last change is what stays; breakers change rarely. */
    show(operation: string, state: BreakerState): void {
      if (state === 'closed') tripped.delete(operation)
      else tripped.set(operation, { operation, state, since: new Date().toISOString() })
      if (tripped.size === 0) return remove()
      mkdirSync(folder, { recursive: true })
      writeFileSync(`${path}.draft`, JSON.stringify([...tripped.values()]))
      renameSync(`${path}.draft`, path)
    },
    remove,
  }
}
