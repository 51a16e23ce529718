import type { RemovalDocument, VendorJobLeft } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { readId } from '../terminal/read-id.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { endWithFailure } from './end-with-failure.ts'
import { withRemovals } from './with-removals.ts'

export function runCancel(terminal: Terminal, id: string, { json }: { json?: boolean }): Promise<number> {
  return endWithFailure(terminal, { id, json }, async () => {
    readId(id)
    return withRemovals(terminal, {}, async ({ removals }) => {
      const document = await removals.cancel(id)
      terminal.result(json ? JSON.stringify(document, null, 2) : sentence(document))
      return 0
    })
  })
}

const LEFT: Record<VendorJobLeft, string> = {
  none: 'nothing was bought',
  draft: 'the vendor job was never started: nothing was bought',
  running: 'the vendor has no cancel: its job runs on and bills',
  unknown: 'whether the vendor job was started is not known: it may bill',
}

function sentence({ id, state, vendorJob }: RemovalDocument): string {
  if (state === 'cancelled') return `cancelled ${id}${vendorJob === null ? '' : `; ${LEFT[vendorJob]}`}`
  return isFinal(state)
    ? `${id} had ${state} already`
    : `asked ${id} to cancel; it ends with its current step`
}
