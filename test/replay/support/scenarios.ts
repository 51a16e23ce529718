import { openAsBlob } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import type { RemovalRequestInput } from '../../../domain/removal-request.schema.ts'
import type { Sandbox } from '../../../sandbox/index.ts'
import { answer, answerHtml, failJob, hang, neverEnd, resetBefore } from '../../../sandbox/index.ts'
import type { RemovalEnvironment, RemovalEnvironmentOptions } from '../../../testing/removal-environment.ts'
import type { removeBackground } from '../../../workflows/index.ts'
import { RENEW, RESUME, searchAttributes, VENDOR_CALLBACK } from '../../../workflows/messages.ts'

/** One removal whose history is kept: how its world is, and what is done to it. */
export interface Scenario {
  settings?: Omit<RemovalEnvironmentOptions, 'temporal'>
  /** By URL instead of by upload; or a file that is no video. */
  source?: 'url' | 'no-video'
  deadline?: string
  request?: Omit<Partial<RemovalRequestInput>, 'id' | 'source'>
  /** What is done before it begins; gives what is to be called when its history is kept. */
  before?: (environment: RemovalEnvironment, file: string) => Promise<() => Promise<void>>
  /** Gives the run whose history is kept, where that is not the first one. */
  meanwhile?: (environment: RemovalEnvironment, handle: RemovalHandle) => Promise<RemovalHandle | void>
}

type RemovalHandle = WorkflowHandle<typeof removeBackground>

/** Calls and windows short enough to sit through. */
const SHORT = { MATTEFLOW_CALL_TIMEOUT: '1s', MATTEFLOW_SETTLE_MARGIN: '500ms' }

/** An outage that outlasts the budget of a step within some seconds. */
const SOON_PARKED = { outageBudgetMs: 8_000 }
const ALWAYS = { from: 1 }

/** Waits until a removal stands parked. */
export const parked = async (handle: RemovalHandle): Promise<void> => {
  for (;;) {
    const { typedSearchAttributes } = await handle.describe()
    if (typedSearchAttributes.get(searchAttributes.state) === 'parked') return
    await pause(50)
  }
}
const resume = async (handle: RemovalHandle, as?: 'not-started'): Promise<void> => {
  await handle.executeUpdate(RESUME, { args: [as === undefined ? {} : { as }] })
}

/**
 * Scenarios whose histories must go on replaying, each a file in `test/histories/`: what people and the clock do to a
 * removal. What the vendor does to it is recorded by the fault matrix.
 */
export const SCENARIOS: Record<string, Scenario> = {
  success: {},
  'url-input': { source: 'url' },
  'fallen-back': {
    settings: { sandbox: { faults: [failJob('GPU worker lost')] } },
    request: { fallback: 'human:mov' },
  },
  'refused-input': { source: 'no-video' },
  'vendor-failure': { settings: { sandbox: { faults: [failJob('GPU worker lost')] } } },
  'retried-503': {
    settings: { sandbox: { faults: [answerHtml('create', 503), answerHtml('status', 503)] } },
  },
  'call-timeout': { settings: { variables: SHORT, sandbox: { faults: [hang('create')] } } },
  'parked-for-credits-resumed': {
    settings: { sandbox: { credits: 0 } },
    meanwhile: async ({ sandbox }, handle) => {
      await parked(handle)
      sandbox.setCredits(100)
      await resume(handle)
    },
  },
  'unknown-outcome-answered': {
    settings: {
      variables: SHORT,
      sandbox: { modes: { draftShownAs: 'pending' }, faults: [resetBefore('start')] },
    },
    meanwhile: async (_environment, handle) => {
      await parked(handle)
      await resume(handle, 'not-started')
    },
  },
  cancellation: {
    settings: { sandbox: { faults: [neverEnd()] } },
    meanwhile: async ({ sandbox }, handle) => {
      while (sandbox.report().jobsBought === 0) await pause(50)
      await handle.cancel()
    },
  },
  'cancelled-while-parked': {
    settings: { sandbox: { credits: 0 } },
    meanwhile: async (_environment, handle) => {
      await parked(handle)
      await handle.cancel()
    },
  },
  'called-back': {
    settings: { sandbox: { modes: { instant: false }, speed: 1 } },
    meanwhile: async ({ sandbox }, handle) => {
      while (sandbox.report().jobsBought === 0) await pause(50)
      const vendorJobId = sandbox.report().jobs[0]?.id ?? ''
      await handle.signal(VENDOR_CALLBACK, { vendorJobId, event: 'job.completed' })
    },
  },
  'renewed-while-parked': {
    settings: { sandbox: { credits: 0 } },
    // The run that ends here is of interest, not the one that follows.
    meanwhile: async ({ temporal }, handle) => {
      await parked(handle)
      const { runId } = await handle.describe()
      await handle.signal(RENEW)
      return temporal.client.workflow.getHandle(handle.workflowId, runId, { followRuns: false })
    },
  },
  'rate-limited-resumed': {
    settings: { settings: SOON_PARKED, sandbox: { faults: [answer('create', 429, { occurrence: ALWAYS })] } },
    meanwhile: async ({ sandbox }, handle) => {
      await parked(handle)
      sandbox.clearFaults()
      await resume(handle)
    },
  },
  'circuit-open-cancelled': {
    settings: {
      settings: SOON_PARKED,
      sandbox: { faults: [answer('create', 503, { occurrence: ALWAYS })] },
    },
    before: failBeside,
    meanwhile: async (_environment, handle) => {
      await parked(handle)
      await handle.cancel()
    },
  },
  'storage-away-cancelled': {
    source: 'url',
    settings: { settings: SOON_PARKED, variables: { STORAGE_URL: 'file:///dev/null/storage' } },
    meanwhile: async (_environment, handle) => {
      await parked(handle)
      await handle.cancel()
    },
  },
  'no-video': { source: 'no-video' },
  'bug-of-ours': { settings: { dependencies: { prices: () => Promise.reject(new TypeError('a bug')) } } },
  'over-its-limit': { request: { maxCredits: 0.1 } },

  deadline: {
    settings: { sandbox: { modes: { instant: false }, speed: 1 } },
    deadline: '4s',
    meanwhile: (_environment, handle) => parked(handle),
  },
}

/** A URL of the clip that the sandbox, and so the worker, may fetch. */
export async function urlOf(file: string, { url, keys }: Sandbox): Promise<string> {
  const body = new FormData()
  body.set('file', await openAsBlob(file, { type: 'video/mp4' }), 'green.mp4')
  const headers = { 'x-api-key': keys[0] ?? '' }
  const response = await fetch(`${url}/v1/uploads`, { method: 'POST', headers, body })
  return ((await response.json()) as { video_url: string }).video_url
}

/** Other removals whose drafts fail as well: they open the breaker, and most of its probes are theirs. */
async function failBeside(environment: RemovalEnvironment, source: string): Promise<() => Promise<void>> {
  const numbers = Array.from({ length: 12 }, (_, index) => index)
  const others = await Promise.all(
    numbers.map((number) =>
      environment.start({ id: `beside-${number}`, source, project: `beside-${number}` }),
    ),
  )
  while ((environment.sandbox.report().requests.create ?? 0) < 10) await pause(50)
  return async () => {
    await Promise.all(others.map((other) => other.terminate('recorded')))
  }
}
