import { openAsBlob } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import type { Sandbox } from '../../sandbox/index.ts'
import { answerHtml, failJob, hang, neverEnd, resetBefore } from '../../sandbox/index.ts'
import type { RemovalEnvironment, RemovalEnvironmentOptions } from '../../testing/removal-environment.ts'
import type { removeBackground } from '../../workflows/index.ts'
import { RESUME, searchAttributes } from '../../workflows/messages.ts'

/** One removal whose history is kept: how its world is, and what is done to it. */
export interface Scenario {
  settings?: Omit<RemovalEnvironmentOptions, 'temporal'>
  /** By URL instead of by upload. */
  byUrl?: boolean
  deadline?: string
  meanwhile?: (environment: RemovalEnvironment, handle: RemovalHandle) => Promise<unknown>
}

type RemovalHandle = WorkflowHandle<typeof removeBackground>

/** Calls and windows short enough to sit through. */
const SHORT = { MATTEFLOW_CALL_TIMEOUT: '1s', MATTEFLOW_SETTLE_MARGIN: '500ms' }

const parked = async (handle: RemovalHandle): Promise<void> => {
  for (;;) {
    const { typedSearchAttributes } = await handle.describe()
    if (typedSearchAttributes.get(searchAttributes.state) === 'parked') return
    await pause(50)
  }
}
const resume = (handle: RemovalHandle, as?: 'not-started') =>
  handle.executeUpdate(RESUME, { args: [as === undefined ? {} : { as }] })

/** Every scenario whose history must go on replaying; each is a file in `test/histories/`. */
export const SCENARIOS: Record<string, Scenario> = {
  success: {},
  'url-input': { byUrl: true },
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
