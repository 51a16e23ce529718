import type { Difference } from './difference.ts'
import type { TheirJob } from './their-job.ts'
import { isDraft } from './their-job.ts'

/** A removal, or a readiness check, that knows of drafts it lost; times are epoch milliseconds. */
export interface DraftLoser {
  /** Null for a readiness check. */
  removalId: string | null
  checkId?: string | null
  createdAtMs: number
  /** Null while it is unfinished. */
  closedAtMs: number | null
}

/** A job that the vendor confirms and no purchase knows: a lost draft, or something that was bought without us. */
export function compareUnknownJob(theirs: TheirJob, losers: readonly DraftLoser[]): Difference {
  const { id, keyAlias, status } = theirs
  const common = { purchase: null, vendorJobId: id, keyAlias }
  // Nobody saw this job before a start, so that its `pending` may be either.
  if (isDraft(theirs, 'pending')) {
    const loser = likelyLoser(theirs, losers)
    return {
      ...common,
      kind: 'orphan-drafts',
      removalId: loser?.removalId ?? null,
      ours: 0,
      theirs: 0,
      seen: `a draft that no purchase knows (${status})${loser === null ? '' : `; most likely the lost reply of ${nameOf(loser)}`}`,
      next: 'Nothing to do: a draft costs nothing until it is started.',
    }
  }
  return {
    ...common,
    kind: 'billed-and-unrecorded',
    removalId: null,
    ours: 0,
    theirs: null,
    seen: `the vendor shows a job of this key as ${status}, and no purchase knows it`,
    next: `Look for ${id} in the storage under exchanges/ and starts/: a folder that has it names the removal whose record was lost. Else find out who else uses the key ${keyAlias} (the vendor's dashboard names its calls); give each integration a key of its own.`,
  }
}

/** Of those who lost a draft and lived when this one was made, the one that began last. */
function likelyLoser({ createdAtMs }: TheirJob, losers: readonly DraftLoser[]): DraftLoser | null {
  if (createdAtMs === null) return losers.length === 1 ? (losers[0] ?? null) : null
  const living = losers.filter(
    (loser) =>
      loser.createdAtMs <= createdAtMs && createdAtMs <= (loser.closedAtMs ?? Number.POSITIVE_INFINITY),
  )
  return living.toSorted((left, right) => right.createdAtMs - left.createdAtMs)[0] ?? null
}

function nameOf({ removalId, checkId }: DraftLoser): string {
  return removalId === null ? `the readiness check ${checkId ?? ''}` : 'this removal'
}
