import { documentLines, nextStepLines } from '../removal/render-document.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readId } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'

export async function runStatus(
  terminal: Terminal,
  id: string,
  { json }: { json?: boolean },
): Promise<number> {
  readId(id)
  return withRemovals(terminal, {}, async ({ removals, access }) => {
    const document = await removals.status(id)
    if (json) terminal.json(document)
    else
      terminal.result([...documentLines(document, access.uiAddress), ...nextStepLines(document)].join('\n'))
    return 0
  })
}
