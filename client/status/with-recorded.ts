import { answerWithin } from '../../domain/answer-within.ts'
import type { RemovalDocument, VendorJobDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import type { Surroundings } from '../surroundings.ts'

/** Records that are slow hold up nobody who asks how a removal stands. */
const ANSWER_WITHIN_MS = 2_000

/**
 * The document of an unfinished removal as Temporal has it, with what only the records know by now: lengths, estimates, and
 * by which key and calls its jobs were made. Where there are none, or they do not answer, it stays as it is.
 */
export async function withRecorded(
  { records }: Pick<Surroundings, 'records'>,
  document: RemovalDocument,
): Promise<RemovalDocument> {
  // One that has just begun is not recorded yet, and every start is answered by such a document.
  const isNew = document.state === 'accepted' && document.vendorJobs === null
  if (records === undefined || isNew || isFinal(document.state)) return document
  const recorded = await answerWithin(ANSWER_WITHIN_MS, records.find(document.id)).catch(() => undefined)
  return recorded?.id === document.id ? completed(document, recorded) : document
}

/** What Temporal shows is younger; what it does not have is in the record. */
function completed(document: RemovalDocument, recorded: RemovalDocument): RemovalDocument {
  const { input, requested, user, reference, refusedOutput, credits } = document
  const known = input ?? recorded.input
  return {
    ...document,
    user: user ?? recorded.user,
    reference: reference ?? recorded.reference,
    input: known && {
      source: known.source,
      bytes: known.bytes ?? recorded.input?.bytes ?? null,
      durationSeconds: known.durationSeconds ?? recorded.input?.durationSeconds ?? null,
      sha256: known.sha256 ?? recorded.input?.sha256 ?? null,
    },
    requested: requested ?? recorded.requested,
    vendorJobs: recorded.vendorJobs?.length
      ? recorded.vendorJobs.map((job) => withState(job, document.vendorJobs))
      : document.vendorJobs,
    refusedOutput: refusedOutput ?? recorded.refusedOutput,
    credits: { ...credits, estimated: credits.estimated ?? recorded.credits.estimated },
  }
}

/** The vendor's word as the wait has just heard it: the ledger hears of the end alone. */
function withState(job: VendorJobDocument, shown: RemovalDocument['vendorJobs']): VendorJobDocument {
  const state = shown?.find(({ id }) => id === job.id)?.state ?? job.state
  return { ...job, state }
}
