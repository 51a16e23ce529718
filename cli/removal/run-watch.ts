import { interrupts } from '../terminal/interrupts.ts'
import { readId } from '../terminal/read-id.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { endWithFailure } from './end-with-failure.ts'
import { followRemoval } from './follow-removal.ts'
import { checkedTarget } from './output-target.ts'
import { showProgress } from './show-progress.ts'
import { withRemovals } from './with-removals.ts'

export interface WatchFlags {
  out?: string
  wait?: boolean
  json?: boolean
}

export function runWatch(
  terminal: Terminal,
  id: string,
  { out, wait = false, json = false }: WatchFlags,
): Promise<number> {
  return endWithFailure(terminal, { id, json }, async () => {
    readId(id)
    const target = out === undefined ? null : await checkedTarget(out)
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
  })
}
