import type { FailureKind } from '../../domain/failures.ts'
import { ruleOf } from '../../domain/failures.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isRemovalFailure, RemovalFailure } from '../../domain/removal-failure.ts'
import type { ResumeAllFilter, ResumeAllOptions, Resumption, ResumptionCounts } from '../removals.ts'
import { listRemovals } from '../status/list-removals.ts'
import { removalStatus } from '../status/removal-status.ts'
import type { Surroundings } from '../surroundings.ts'
import { goOver } from './go-over.ts'
import { resumeRemoval } from './resume-removal.ts'

const RATE_PER_SECOND = 5
/** A resume is answered within some 50 ms; this keeps up with 200 a second. */
const MOST_IN_FLIGHT = 10

/** Resumes what stands parked for one kind when it is called: what parks anew meanwhile has had its turn. */
export async function resumeAll(
  around: Surroundings,
  { kind, project }: ResumeAllFilter,
  { ratePerSecond = RATE_PER_SECOND, isDryRun = false, onResumed, signal }: ResumeAllOptions = {},
): Promise<ResumptionCounts> {
  refuseKind(kind)
  const counts: ResumptionCounts = { resumed: 0, refused: 0, gone: 0, parked: 0 }
  const parked = await parkedFor(around, kind, project)
  const how = isDryRun
    ? { ratePerSecond: null, width: 1, signal }
    : { ratePerSecond, width: MOST_IN_FLIGHT, signal }
  await goOver(parked, how, async ({ id, project: its, parkedSince }) => {
    const told = isDryRun ? { outcome: 'parked' as const, reason: null } : await resume(around, id)
    counts[told.outcome] += 1
    onResumed?.({ id, project: its, parkedSince, ...told })
  })
  return counts
}

function refuseKind(kind: FailureKind): void {
  if (kind === 'UnknownOutcome')
    throw new RemovalFailure('InvalidRequest', 'UnknownOutcome: each is a question of its own', {
      hint: 'Answer them one by one: `matteflow list --state parked --kind UnknownOutcome` shows each with its two answers.',
    })
  if (ruleOf(kind).parks === 'never')
    throw new RemovalFailure('InvalidRequest', `${kind}: removals never park for it, nothing to resume`)
}

/** Those that wait longest first; what was parked by earlier versions, which did not tell, before all others. */
async function parkedFor(
  around: Surroundings,
  kind: FailureKind,
  project: string | undefined,
): Promise<RemovalDocument[]> {
  const parked: RemovalDocument[] = []
  const filter = { state: 'parked', failure: kind, ...(project !== undefined && { project }) } as const
  for await (const document of listRemovals(around, filter)) parked.push(document)
  return parked.sort((left, right) => (left.parkedSince ?? '').localeCompare(right.parkedSince ?? ''))
}

async function resume(around: Surroundings, id: string): Promise<Pick<Resumption, 'outcome' | 'reason'>> {
  try {
    await resumeRemoval(around, id)
    return { outcome: 'resumed', reason: null }
  } catch (error) {
    if (!isRemovalFailure(error) || !['InvalidRequest', 'NotFound'].includes(error.kind)) throw error
    const isParked = await removalStatus(around, id).then(
      ({ state }) => state === 'parked',
      () => false,
    )
    return isParked ? { outcome: 'refused', reason: error.message } : { outcome: 'gone', reason: null }
  }
}
