import { followRemoval } from '../removal/follow-removal.ts'
import { namedTarget } from '../removal/output-target.ts'
import { showProgress } from '../removal/show-progress.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { interrupts } from '../terminal/interrupts.ts'
import { readId } from '../terminal/read-id.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface WatchFlags {
  out?: string
  wait?: boolean
  json?: boolean
}

export async function runWatch(
  terminal: Terminal,
  id: string,
  { out, wait = false, json = false }: WatchFlags,
): Promise<number> {
  readId(id)
  const target = out === undefined ? null : await namedTarget(out)
  return withRemovals(terminal, {}, async (place) => {
    const interrupt = interrupts()
    const progress = showProgress(terminal)
    try {
      return await followRemoval(terminal, place, id, {
        progress,
        signal: interrupt.signal,
        json,
        waitWhileParked: wait,
        target,
      })
    } finally {
      progress.stop()
      interrupt.release()
    }
  })
}
