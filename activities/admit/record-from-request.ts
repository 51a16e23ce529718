import { log } from '@temporalio/activity'
import type { Admission } from '../../adapters/ledger/removal-records.ts'
import type { NewRemovalRecord } from '../../adapters/ledger/rows.ts'
import { fingerprintOf } from '../../domain/fingerprint.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { StagedInput } from '../../domain/staged-input.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { isWorkflowRunning } from '../is-workflow-running.ts'
import { stageUrlQuery } from '../purchase/input-url.ts'

/** A request under its id, and what the client staged for it. */
interface Asked {
  removalId: string
  workflowId: string
  request: RemovalRequest
  staged: StagedInput | null
}

/**
 * What the ledger records of a request. Fails as `InvalidRequest` for a file of the caller, which no worker can read.
 */
export async function recordFromRequest(
  { removalId, workflowId, request, staged }: Asked,
  { storage, now }: ActivityDependencies,
): Promise<NewRemovalRecord> {
  const { source } = request
  if (typeof source === 'string') {
    throw new RemovalFailure(
      'InvalidRequest',
      'source: a worker cannot read a file of the caller; stage it and give { "stored": "<storage key>" }',
    )
  }
  const file = staged?.kind === 'file' ? staged : null
  const common = {
    id: removalId,
    workflowId,
    fingerprint:
      staged?.fingerprint ?? (await fingerprintOf(request, 'url' in source ? source.url : source.stored)),
    project: request.project,
    user: request.user,
    reference: request.reference,
    model: request.model,
    outputFormat: request.outputFormat,
    background: request.background,
    joinable: staged?.joinable ?? false,
    createdAt: new Date(await now()),
  }
  if ('stored' in source) {
    return {
      ...common,
      source: file?.fileName ?? lastSegment(source.stored),
      request,
      inputKey: source.stored,
      inputBytes: file?.sizeBytes ?? null,
      inputSha256: file?.sha256 ?? null,
    }
  }
  const inputKey =
    staged?.kind === 'url-query' ? staged.key : await stageUrlQuery(removalId, source.url, storage)
  const url = source.url.split('?')[0] ?? source.url
  return { ...common, source: url, request: { ...request, source: { url } }, inputKey }
}

function lastSegment(key: string): string {
  return key.split('/').at(-1) ?? key
}

/**
 * Records a request. Where another open removal makes the same thing, and neither was given its id nor asked for as a
 * new one, the request joins that one: of callers that come at the same moment, one buys. It stays joined, also when
 * the other one fails. A removal whose workflow is gone holds nobody up.
 */
export async function admitOrJoin(
  entry: NewRemovalRecord,
  { ledger }: Pick<ActivityDependencies, 'ledger'>,
): Promise<Exclude<Admission, { outcome: 'taken' }>> {
  for (;;) {
    const admission = await ledger.removals.admit(entry)
    if (admission.outcome !== 'taken') return admission
    const { by } = admission
    if (!(await isWorkflowRunning(by.workflowId))) await ledger.removals.makeRoom(by.id)
    else if (await ledger.removals.join(entry, by.id)) {
      log.info('the same thing is under way, joined', { intoId: by.id })
      return { outcome: 'joined', intoId: by.id }
    }
  }
}
