import { endWithFailure } from '../removal/end-with-failure.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readId } from '../terminal/read-id.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { cancelSentence } from './cancel-sentence.ts'

export function runCancel(terminal: Terminal, id: string, { json }: { json?: boolean }): Promise<number> {
  return endWithFailure(terminal, { id, json }, async () => {
    readId(id)
    return withRemovals(terminal, {}, async ({ removals }) => {
      const document = await removals.cancel(id)
      terminal.result(json ? JSON.stringify(document, null, 2) : cancelSentence(document))
      return 0
    })
  })
}
