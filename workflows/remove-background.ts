import { blankDocument } from '../domain/blank-document.ts'
import type { RemovalDocument } from '../domain/removal-document.ts'
import type { RemovalRequestInput } from '../domain/removal-request.schema.ts'
import type { StagedInput } from '../domain/staged-input.ts'
import { admit } from './admit.ts'
import { buyUntilServed } from './buy-until-served.ts'
import { endAs, fail, succeed } from './end-removal.ts'
import type { CarriedState } from './removal.ts'
import { trackRemoval } from './track-removal.ts'

/**
 * One removal, from a request to a verified output or a named failure. Buys one vendor job, collects it always,
 * and stops to ask where it cannot tell. Every step is an idempotent activity; each may park the removal.
 *
 * @param request its source is `{ stored }` or `{ url }`: a worker cannot read the caller's files
 * @param staged what the client staged for it; null when another service starts this workflow itself
 * @returns the document of a succeeded removal; every other end is an `ApplicationFailure` whose type is the
 *   failure kind and whose first detail is the document, or Temporal's cancellation
 */
export async function removeBackground(
  request: RemovalRequestInput,
  staged: StagedInput | null = null,
  carried: CarriedState | null = null,
): Promise<RemovalDocument> {
  const removal = trackRemoval(request, staged, carried)
  const admission = await admit(removal).catch((error: unknown) => fail(removal, error))
  // Neither is this removal's to settle: the record under its id is closed, or belongs to another request.
  if (admission.outcome === 'closed') return endAs(removal, admission.document)
  if (admission.outcome === 'refused') {
    return endAs(
      removal,
      blankDocument({ id: removal.id, failure: admission.failure, temporal: removal.temporal() }),
    )
  }
  try {
    const output = await buyUntilServed(removal)
    return await succeed(removal, output)
  } catch (error) {
    return fail(removal, error)
  }
}
