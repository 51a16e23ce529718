import { Readable } from 'node:stream'
import type { ReadyDraft } from '../../domain/readiness.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'
import { activity, stillWaiting } from '../activity.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { callOptions, clientOf } from '../vendor-call.ts'
import { PROBE_CLIP } from './probe-clip.ts'
import { readyClock } from './ready-clock.ts'

export interface MakeReadyDraftInput {
  checkId: string
}

/** Exchanges of readiness checks are kept under this name. */
const KEPT_UNDER = 'ready'
/** A draft may show late (docs/vendors/removebgvideo.md §19.16); the policy's own time ends the wait. */
const NOT_VISIBLE_DELAY_MS = 2_000

/**
 * Goes a removal's way at the vendor up to a draft, which costs nothing: uploads a clip of a second, makes a draft and
 * reads it. Nothing here can start it. A repeat returns the draft that is recorded for the check.
 */
export function makeReadyDraft(deps: ActivityDependencies) {
  return activity(async ({ checkId }: MakeReadyDraftInput): Promise<ReadyDraft> => {
    const draft = (await deps.ledger.readiness.draftOf(checkId)) ?? (await makeDraft(checkId, deps))
    const client = clientOf(draft.keyAlias, deps.vendor, draft.vendorJobId)
    try {
      await client.getJob(draft.vendorJobId, callOptions(KEPT_UNDER, deps))
    } catch (error) {
      if (!isRemovalFailure(error) || error.kind !== 'JobNotVisible') throw error
      const message = `draft ${draft.vendorJobId} is made, and not to be seen yet`
      throw stillWaiting(message, NOT_VISIBLE_DELAY_MS, { because: error })
    }
    return draft
  }, readyClock(deps))
}

async function makeDraft(checkId: string, deps: ActivityDependencies): Promise<ReadyDraft> {
  const { current } = deps.vendor
  const options = callOptions(KEPT_UNDER, deps)
  const { videoUrl } = await current.upload(
    {
      body: Readable.from([PROBE_CLIP]),
      sizeBytes: PROBE_CLIP.length,
      fileName: 'matteflow-ready.mp4',
      contentType: 'video/mp4',
    },
    options,
  )
  const { keyAlias } = current
  const at = new Date(await deps.now())
  await deps.ledger.readiness.begin({ checkId, keyAlias, at })
  try {
    const { id } = await current.createDraft(
      {
        videoUrl,
        model: 'original',
        outputFormat: 'webm',
        background: { type: 'transparent' },
        metadata: { readiness_check: checkId },
      },
      options,
    )
    const draft = { checkId, keyAlias, vendorJobId: id }
    await deps.ledger.readiness.recordDraft(draft)
    return draft
  } catch (error) {
    if (isRemovalFailure(error) && error.facts.sendOutcome === 'in-doubt')
      await deps.ledger.readiness.countOrphanDraft(checkId)
    throw error
  }
}
