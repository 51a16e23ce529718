import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { WorkflowHandle } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { AdmitRemovalResult } from '../../activities/admit/admit-removal.ts'
import type { ActivityDependencies } from '../../activities/index.ts'
import type { InspectedInput } from '../../activities/media.ts'
import type { RetrievedOutput } from '../../activities/retrieve/retrieve-output.ts'
import { configFrom } from '../../adapters/environment/config.ts'
import { openDatabase } from '../../adapters/ledger/open-database.ts'
import type { Verdict } from '../../adapters/media/output/verify-output.ts'
import { oneChunk } from '../../adapters/storage/storage.ts'
import { createRemovals } from '../../client/create-removals.ts'
import { isFailureKind, ruleOf } from '../../domain/failures.ts'
import { TASK_QUEUES } from '../../domain/policies.ts'
import { isFinal } from '../../domain/removal-document.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { openDependencies } from '../../worker/activity-dependencies.ts'
import { createWorkers } from '../../worker/create-workers.ts'
import { unreadable } from '../../worker/replay/read-history.ts'
import type { ResumeRequest } from '../../workflows/messages.ts'
import { REMOVE_BACKGROUND, RESUME } from '../../workflows/messages.ts'
import { serveDatabase } from '../serve-database.ts'
import type { Bundle } from './bundle.schema.ts'
import { exportBundle } from './export-bundle.ts'
import { BUNDLE_HINT } from './read-bundle.ts'
import type { RecordedSteps } from './recorded-steps.ts'
import { recordedSteps } from './recorded-steps.ts'
import type { Difference, TapeFacts } from './tape-facts.ts'
import { differencesBetween, factsOf } from './tape-facts.ts'
import { startTapeVendor } from './tape-vendor.ts'
import { withOwnId, withOwnJobs } from './with-own-ids.ts'

/** What became of a tape that was played against this build. */
export interface PlayedTapeReport {
  name: string
  removalId: string
  recordedBy: string
  recorded: TapeFacts
  now: TapeFacts
  /** Empty where this build would do the same. */
  differences: Difference[]
}

/** Plays one tape after another. */
export interface TapePlayer {
  /** `InvalidRequest` that names the tape and the reason where it cannot be played, whatever is odd about it. */
  play(name: string, bundle: Bundle): Promise<PlayedTapeReport>
  close(): Promise<void>
}

const FIRST_STEP_MS = 200
const LONGEST_STEP_MS = 30_000
/** In real time, for what takes a tenth of a second: time itself is skipped. */
const PATIENCE_MS = 60_000

interface Playing {
  bundle: Bundle
  steps: RecordedSteps
  admission: Extract<AdmitRemovalResult, { outcome: 'admitted' }> | null
}

/**
 * This build's workflow and activities on a server that skips time, with a real ledger and storage, and a vendor that
 * answers from the tape. Videos are no part of a tape: what was seen of them stands in it.
 */
export async function createTapePlayer(temporal: TestWorkflowEnvironment): Promise<TapePlayer> {
  const home = await mkdtemp(join(tmpdir(), 'matteflow-tapes-'))
  const nowMs = (): Promise<number> => temporal.currentTimeMs()
  const vendor = await startTapeVendor(nowMs)
  const embedded = await serveDatabase()
  const config = configFrom({
    HOME: home,
    MATTEFLOW_HOME: home,
    STORAGE_URL: pathToFileURL(join(home, 'storage')).href,
    REMOVEBGVIDEO_API_KEY: 'tape',
    REMOVEBGVIDEO_BASE_URL: vendor.url,
  })
  const opened = await openDependencies(config, embedded.url)
  const { database, close: closeDatabase } = await openDatabase(embedded.url, { poolSize: 1 })
  let playing: Playing | null = null
  // A breaker is about many removals at once, and keeps real time: a tape is one removal, in skipped time.
  const current = {
    ...opened.dependencies.vendor.current.direct,
    direct: opened.dependencies.vendor.current.direct,
  }
  // Some activities read the settings once, and see what changes within.
  const settings = { ...opened.dependencies.settings }
  const dependencies: ActivityDependencies = {
    ...opened.dependencies,
    vendor: { current, byAlias: () => current },
    settings,
    now: nowMs,
    monotonicMs: nowMs,
    prices: async () => playing?.admission?.prices ?? (await opened.dependencies.prices()),
    webhookUrlOf: () => (playing?.admission?.webhookExpected === true ? `${vendor.url}/callback` : null),
    media: {
      probe: async () => inspectedOn(playing),
      verify: async (_path, { outputFormat }) => verdictOn(playing, outputFormat),
    },
  }
  const namespace = temporal.namespace ?? 'default'
  const workers = await createWorkers(temporal.nativeConnection, namespace, dependencies)
  const running = Promise.all(workers.map((worker) => worker.run()))
  running.catch(() => {})
  const { client } = temporal
  const { storage } = dependencies
  const removals = createRemovals({ client, storage })
  let played = 0

  return {
    async play(name, bundle) {
      try {
        return await playTape(name, bundle)
      } catch (error) {
        // A bundle is a file from elsewhere: whatever of it is odd is said of that file, and the next one is played.
        throw unreadable(name, 'a bundle that can be played', error, BUNDLE_HINT)
      }
    },
    async close() {
      for (const worker of workers) worker.shutdown()
      await running
      await closeDatabase()
      await opened.close()
      await embedded.close()
      await vendor.close()
      await rm(home, { recursive: true, force: true })
    },
  }

  async function playTape(name: string, bundle: Bundle): Promise<PlayedTapeReport> {
    const steps = recordedSteps(bundle)
    if (steps.args.length === 0) throw new TypeError('its history was forgotten when it was exported')
    const admission = admissionIn(steps)
    if (admission !== null && admission.outcome !== 'admitted')
      throw new TypeError(`it ended at its admission as ${admission.outcome}`)
    played += 1
    const id = `tape-${played}`
    playing = { bundle, steps, admission }
    // What the tape before had set is not this one's.
    Object.assign(settings, opened.dependencies.settings, admission?.settings)
    const cancelsAfter = exchangesBefore(bundle, steps.cancelledAtMs)
    let handle: WorkflowHandle | null = null
    vendor.play({
      exchanges: withOwnJobs(bundle.exchanges, played),
      hasOutput: !steps.activities.some(
        ({ type, failure }) => type === 'retrieveOutput' && failure?.kind === 'OutputExpired',
      ),
      async onCall(_operation, answered) {
        if (cancelsAfter !== null && answered >= cancelsAfter) await handle?.cancel()
      },
    })
    const args = withOwnId(steps.args, bundle.removalId, id)
    await putStandIn(args, storage)
    handle = await client.workflow.start(REMOVE_BACKGROUND, {
      workflowId: workflowIdOf(id),
      taskQueue: TASK_QUEUES.own,
      args,
    })
    try {
      if (cancelsAfter !== null && cancelsAfter <= 0) await handle.cancel()
      await follow(id, steps)
      const document = await removals.status(id)
      const replayed = await exportBundle({ client, storage, database }, id, document)
      const [recorded, now] = [factsOf(bundle), factsOf(replayed)]
      return {
        name,
        removalId: bundle.removalId,
        recordedBy: bundle.versions.matteflow,
        recorded,
        now,
        differences: differencesBetween(recorded, now),
      }
    } finally {
      // The next tape is the vendor's from then on; one that has ended needs no end.
      await handle.terminate('the tape is over').catch(() => {})
    }
  }

  /**
   * Until its end, or a park that nobody ended on the tape; resumes what was resumed. Time is skipped step by step: a
   * removal that waits for a person would else wait until Temporal gives it up.
   */
  async function follow(id: string, { resumes }: RecordedSteps): Promise<void> {
    const given = resumes.values()
    const handle = client.workflow.getHandle(workflowIdOf(id))
    let stepMs = FIRST_STEP_MS
    for (const endsAt = Date.now() + PATIENCE_MS; Date.now() < endsAt; ) {
      const { state, failure } = await removals.status(id)
      if (isFinal(state)) return
      if (state === 'parked' && failure !== null && ruleOf(failure.kind).wakes !== 'time') {
        const { value: resume, done } = given.next()
        if (done === true) return
        await handle.executeUpdate(RESUME, { args: [resume as ResumeRequest] })
        stepMs = FIRST_STEP_MS
      }
      await temporal.sleep(stepMs)
      stepMs = Math.min(stepMs * 1.25, LONGEST_STEP_MS)
    }
    throw new TypeError(`this build did not end within ${PATIENCE_MS / 1_000} s`)
  }
}

function admissionIn({ activities }: RecordedSteps): AdmitRemovalResult | null {
  const admitted = activities.find(({ type, result }) => type === 'admitRemoval' && result !== undefined)
  return (admitted?.result as AdmitRemovalResult | undefined) ?? null
}

/** How many exchanges had begun when somebody cancelled; null where nobody did. */
function exchangesBefore({ exchanges }: Bundle, cancelledAtMs: number | null): number | null {
  if (cancelledAtMs === null) return null
  return exchanges.filter(({ at }) => Date.parse(at) < cancelledAtMs).length - 1
}

/** A few bytes stand for the input: what was seen of it is on the tape. */
async function putStandIn(args: readonly unknown[], storage: ActivityDependencies['storage']): Promise<void> {
  const [request, staged] = args as [{ source?: { stored?: string } } | null, { key?: string } | null]
  const keys = [request?.source?.stored, staged?.key].filter((key) => key !== undefined)
  for (const key of new Set(keys)) await storage.write(key, oneChunk('tape'))
}

function inspectedOn(playing: Playing | null): InspectedInput {
  const admission = playing?.steps.activities.find(({ type }) => type === 'admitRemoval')
  const row = playing?.bundle.ledger.removal
  if (typeof row?.inputContentType !== 'string') throw failureFrom(admission?.failure, 'InvalidInput')
  return {
    contentType: row.inputContentType as InspectedInput['contentType'],
    durationSeconds: row.inputDurationSeconds,
    pictureSeconds: row.inputPictureSeconds,
    sizeBytes: row.inputBytes,
  }
}

/** What was thought of the output; of one that was never judged, that it is fine. */
function verdictOn(playing: Playing | null, container: OutputFormat): Verdict {
  const judged = playing?.steps.activities.filter(({ type }) => type === 'retrieveOutput') ?? []
  const output = judged
    .map(({ result }) => result as RetrievedOutput | undefined)
    .find((each) => each !== undefined)
  const refused = judged.find(({ failure }) => failure?.kind === 'OutputInvalid')
  const message = refused?.failure?.message
  if (output === undefined && message !== undefined) {
    // Where the request is strict, a doubt is enough.
    if (playing?.admission?.strict !== true) return { finding: 'wrong', reason: message, incomplete: false }
    const seen = { container, durationSeconds: null, hasAlpha: true, frames: null }
    return { finding: 'doubt', output: seen, warnings: [{ code: 'alpha-partial', message }] }
  }
  const { durationSeconds = null, hasAlpha = true, warnings = [] } = output ?? {}
  return {
    finding: warnings.length > 0 ? 'doubt' : 'fine',
    output: { container, durationSeconds, hasAlpha, frames: null },
    warnings,
  }
}

function failureFrom(
  failure: RecordedSteps['activities'][number]['failure'] | undefined,
  otherwise: 'InvalidInput',
): RemovalFailure {
  const kind = isFailureKind(failure?.kind) ? failure.kind : otherwise
  return new RemovalFailure(kind, failure?.message ?? 'the input was not inspected on the tape')
}
