import type { StartVendorJobInput } from '../../../activities/purchase/start-vendor-job.ts'
import type { RemovalRequestInput } from '../../../domain/removal-request.schema.ts'
import { runActivity } from './run-activity.ts'
import type { Stage } from './stage.ts'
import { aStagedRequest, LABELS } from './stage.ts'

type Asked = Partial<RemovalRequestInput> & { source?: string; id?: string }

const COMMON = { purchase: 1, labels: LABELS }

/** A removal whose input is with the vendor. */
export async function anUploaded(stage: Stage, asked: Asked = {}) {
  const input = await aStagedRequest(stage, asked)
  await runActivity(stage.activities.admitRemoval, input)
  await runActivity(stage.activities.uploadInput, {
    removalId: input.removalId,
    labels: LABELS,
    fresh: false,
  })
  return { removalId: input.removalId, ...COMMON }
}

/** What `createVendorJob` is told of a removal. */
export const draftInput = (removal: { removalId: string; purchase: number }) => ({
  ...removal,
  labels: LABELS,
  model: 'human' as const,
  outputFormat: 'webm' as const,
  estimatedMillicredits: 2_250,
  fresh: false,
})

/** A removal with the draft of its first purchase. */
export async function aDrafted(stage: Stage, asked: Asked = {}) {
  const removal = await anUploaded(stage, { model: 'human', ...asked })
  const { vendorJobId } = await runActivity(stage.activities.createVendorJob, draftInput(removal))
  return { ...removal, vendorJobId, answer: null as StartVendorJobInput['answer'] }
}

/** A removal whose vendor job was started, once. */
export async function aStarted(stage: Stage, asked: Asked = {}) {
  const removal = await aDrafted(stage, asked)
  await runActivity(stage.activities.startVendorJob, removal)
  return removal
}

/** What `checkVendorJob` is told of a removal. */
export const waitInput = <Removal extends { removalId: string; purchase: number }>(removal: Removal) => ({
  ...removal,
  until: 'end' as const,
  durationSeconds: 3,
  webhookExpected: false,
  deadlineAtMs: Date.now() + 3_600_000,
})

/** A removal whose vendor job is done, its output not yet fetched. */
export async function aCompleted(stage: Stage, asked: Asked = {}) {
  const removal = await aStarted(stage, asked)
  await waitForEnd(stage, removal)
  return removal
}

/** Polls as Temporal would, without its pauses. */
export async function waitForEnd(
  stage: Stage,
  removal: { removalId: string; purchase: number; vendorJobId: string; labels: typeof LABELS },
) {
  for (;;) {
    try {
      return await runActivity(stage.activities.checkVendorJob, waitInput(removal))
    } catch (error) {
      if ((error as { type?: string }).type !== 'StillWaiting') throw error
    }
  }
}
