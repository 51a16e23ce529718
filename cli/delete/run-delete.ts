import { withRemovals } from '../removal/with-removals.ts'
import { readId } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'

export async function runDelete(
  terminal: Terminal,
  id: string,
  { json }: { json?: boolean },
): Promise<number> {
  readId(id)
  return withRemovals(terminal, {}, async ({ removals }) => {
    const document = await removals.delete(id)
    if (json) terminal.json(document)
    else terminal.result(`deleted ${document.id} at ${document.deletedAt}; the ledger keeps what it cost`)
    return 0
  })
}
