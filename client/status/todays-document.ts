import { adviceFor } from '../../domain/failure-advice.ts'
import { isFailureKind } from '../../domain/failures.ts'
import type { FailureDocument, RemovalDocument } from '../../domain/removal-document.ts'
import { blankDocument, isFinal } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/**
 * A document in today's shape, whichever version wrote it: fields that are newer are null, the job of a cancelled
 * removal that ran on has not been charged yet, and hints name this removal in their commands.
 */
export function todaysDocument(document: RemovalDocument): RemovalDocument {
  const { id, failure } = document
  const whole: RemovalDocument = {
    ...blankDocument({ id, failure: failure as FailureDocument }),
    ...document,
    failure: failure && todaysFailure(failure, document),
    output: document.output && { ...document.output, warnings: document.output.warnings ?? [] },
  }
  if (whole.vendorJob !== 'running' && whole.vendorJob !== 'unknown') return whole
  return { ...whole, credits: { ...whole.credits, charged: null }, vendorJobs: withoutLastCharge(whole) }
}

function withoutLastCharge({ vendorJobs }: RemovalDocument): RemovalDocument['vendorJobs'] {
  const last = vendorJobs?.at(-1)
  if (last === undefined || vendorJobs === null) return vendorJobs
  return [...vendorJobs.slice(0, -1), { ...last, credits: { ...last.credits, charged: null } }]
}

/** Advice is written where the id is not always known, and earlier versions left placeholders in it. */
function todaysFailure(told: FailureDocument, { id, refusedOutput }: RemovalDocument): FailureDocument {
  const failure = { ...told, proven: told.proven ?? null }
  const { kind, hint } = failure
  // The command of this hint saves a file that earlier versions did not name.
  if (kind === 'OutputInvalid' && !refusedOutput) return failure
  if (isFailureKind(kind) && hint === adviceFor(kind, null).hint)
    return { ...failure, hint: adviceFor(kind, id).hint }
  return { ...failure, hint: hint.replaceAll(/<(?:id|removalId)>/g, id) }
}

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
