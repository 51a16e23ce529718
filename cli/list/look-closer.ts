import type { Removals } from '../../client/removals.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** A look at one takes some milliseconds; nobody reads a longer list of what runs. */
const MOST = 300
const AT_A_TIME = 10

/**
 * A list knows no progress and no outage: both stand in what Temporal has under way for each removal. Looks at the
 * removals that run, the first of them, and puts what was seen into their places.
 */
export async function lookCloser(
  removals: Pick<Removals, 'status'>,
  documents: RemovalDocument[],
  { say }: Pick<Terminal, 'say'>,
): Promise<RemovalDocument[]> {
  const seen = [...documents]
  const running = [...seen.entries()].filter(([, { state }]) => state !== 'parked' && !isFinal(state))
  const turns = running.slice(0, MOST).values()
  const look = async (): Promise<void> => {
    for (const [index, { id }] of turns) {
      const document = await removals.status(id).catch((error: unknown) => {
        // What it was listed as is still the best that is known.
        if (isRemovalFailure(error)) return null
        throw error
      })
      if (document !== null) seen[index] = document
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, look))
  if (running.length > MOST) say(`progress and outages are shown of the first ${MOST} that run`)
  return seen
}
