import { documentOf } from '../../client/status/failure-with-document.ts'
import type { RemovalFailure } from '../../domain/removal-failure.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { exitCodeOf } from '../terminal/exit-code.ts'
import { failureLines } from '../terminal/render-failure.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { nextStepLines } from './render-document.ts'

/** Runs a command about one removal. Its failure is shown with what happens next, with `--json` as a document too. */
export async function endWithFailure(
  terminal: Terminal,
  { id, json = false }: { id?: string | undefined; json?: boolean | undefined },
  run: () => Promise<number>,
  refusal: (failure: RemovalFailure) => unknown = (failure) => ({
    id: id ?? null,
    failure: failure.toDocument(),
  }),
): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (!isRemovalFailure(error)) throw error
    const document = documentOf(error)
    for (const line of failureLines(error, terminal)) terminal.say(line)
    for (const line of document === undefined ? [] : nextStepLines(document)) terminal.say(line)
    if (json) terminal.result(JSON.stringify(document ?? refusal(error), null, 2))
    return exitCodeOf(error)
  }
}
