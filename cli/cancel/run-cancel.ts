import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { leftAtVendor } from '../removal/render-document.ts'
import { withRemovals } from '../removal/with-removals.ts'
import { readId } from '../terminal/read-arguments.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface CancelFlags {
  by?: string
  note?: string
  json?: boolean
}

export async function runCancel(
  terminal: Terminal,
  id: string,
  { json, by, note }: CancelFlags,
): Promise<number> {
  readId(id)
  return withRemovals(terminal, {}, async ({ removals }) => {
    const document = await removals.cancel(id, {
      ...(by !== undefined && { by }),
      ...(note !== undefined && { note }),
    })
    if (json) terminal.json(document)
    else terminal.result(cancelSentence(document))
    return 0
  })
}

/** What became of a removal that was asked to cancel, and what it costs. */
export function cancelSentence(document: RemovalDocument): string {
  const { id, state } = document
  if (state === 'cancelled') return [`cancelled ${id}`, ...leftAtVendor(document)].join('; ')
  return isFinal(state)
    ? `${id} had ${state} already`
    : `asked ${id} to cancel; it ends with its current step`
}
