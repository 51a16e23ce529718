import type { RemovalDocument } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'
import type { RecordsFilter, RemovalRecords } from '../records.ts'
import type { Surroundings } from '../surroundings.ts'
import { findDescription } from './describe-removal.ts'
import { forgottenRemoval } from './todays-document.ts'

/**
 * Adds to the removals that Temporal knows those that only the records know, newest first, each removal once. Records
 * that do not answer take nothing away from the list: their failure comes after what Temporal knows.
 */
export async function* withForgotten(
  around: Surroundings,
  filter: RecordsFilter,
  visible: AsyncGenerator<RemovalDocument, void, undefined>,
): AsyncGenerator<RemovalDocument, void, undefined> {
  const { records } = around
  if (records === undefined) return yield* visible
  let failure: Error | undefined
  const recorded = failingLast(records.list(filter), (error) => {
    failure = error as Error
  })
  const shown = new Set<string>()
  let [left, right] = await Promise.all([visible.next(), recorded.next()])
  while (!left.done || !right.done) {
    const isVisible = !left.done && (right.done === true || isNewer(left.value, right.value))
    const document = (isVisible ? left.value : right.value) as RemovalDocument
    if (isVisible) left = await visible.next()
    else right = await recorded.next()
    if (shown.has(document.id)) continue
    if (isVisible && (await isListedAbove(records, document, filter.until))) continue
    if (!isVisible && !isFinal(document.state) && (await isKnown(around, document.id))) continue
    shown.add(document.id)
    yield isVisible ? document : forgottenRemoval(document)
  }
  if (failure !== undefined) throw failure
}

/**
 * A removal is recorded a moment after its workflow has begun, and one that has ended has its place in the list by its
 * record: a list that begins between both moments is without it.
 */
async function isListedAbove(
  records: RemovalRecords,
  { id, state }: RemovalDocument,
  until: Date | undefined,
): Promise<boolean> {
  if (until === undefined || !isFinal(state)) return false
  const recorded = await records.find(id).catch(() => undefined)
  return recorded?.id === id && recorded.createdAt !== null && new Date(recorded.createdAt) > until
}

async function* failingLast(
  documents: AsyncIterable<RemovalDocument>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<RemovalDocument, void, undefined> {
  try {
    yield* documents
  } catch (error) {
    onFailure(error)
  }
}

function isNewer(left: RemovalDocument, right: RemovalDocument): boolean {
  const [leftAt, rightAt] = [left.createdAt ?? '', right.createdAt ?? '']
  return leftAt === rightAt ? left.id >= right.id : leftAt > rightAt
}

/** An unfinished one that has a workflow is listed by Temporal, which knows more of it. */
async function isKnown(around: Surroundings, id: string): Promise<boolean> {
  return (await findDescription(around, id)) !== undefined
}
