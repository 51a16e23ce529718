import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** The recorded document of a removal whose workflow Temporal does not know: nothing works on an open one any more. */
export function forgottenRemoval(recorded: RemovalDocument): RemovalDocument {
  if (isFinal(recorded.state)) return recorded
  const failure = new RemovalFailure(
    'Unexpected',
    `removal ${recorded.id} has no workflow any more, and its record is open: it was terminated, or Temporal lost it`,
    {
      hint: `Repeat the same request with --id ${recorded.id}: it goes on from what was recorded, and buys nothing twice. \`matteflow reconcile\` names what it holds.`,
    },
  )
  return { ...recorded, state: 'failed', failure: failure.toDocument() }
}
