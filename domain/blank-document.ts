import type { FailureDocument, RemovalDocument } from './removal-document.ts'

/** The document of a removal of which nothing but its end is known: refused before it was recorded, for instance. */
export function blankDocument(
  known: { id: string; failure: FailureDocument | null } & Partial<RemovalDocument>,
): RemovalDocument {
  return {
    state: 'failed',
    project: 'default',
    user: null,
    reference: null,
    input: null,
    requested: null,
    served: null,
    vendorJobs: null,
    output: null,
    refusedOutput: null,
    credits: { estimated: null, charged: null, unit: 'credit' },
    outage: null,
    parkedSince: null,
    progress: null,
    vendorJob: null,
    createdAt: null,
    finishedAt: null,
    temporal: null,
    ...known,
  }
}

/** What a request that joined another removal ends with: the other one, of which nothing but its id is known here. */
export function joinedDocument(id: string): RemovalDocument {
  return blankDocument({ id, state: 'accepted', failure: null })
}
