import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import type { ActivityDependencies } from '../../../activities/index.ts'
import { createActivities } from '../../../activities/index.ts'
import { configFrom } from '../../../adapters/environment/config.ts'
import { fingerprintOf } from '../../../domain/fingerprint.ts'
import { parseRemovalRequest } from '../../../domain/parse-request.schema.ts'
import type { PolicySettings } from '../../../domain/policies.ts'
import { newRemovalId, workflowIdOf } from '../../../domain/removal-id.ts'
import type { RemovalRequestInput } from '../../../domain/removal-request.schema.ts'
import type { StagedInput } from '../../../domain/staged-input.ts'
import type { SandboxOptions } from '../../../sandbox/index.ts'
import { startSandbox } from '../../../sandbox/index.ts'
import { openDependencies } from '../../../worker/activity-dependencies.ts'
import { clip } from '../../support/clips.ts'
import { RENDER_CACHE } from '../../support/render-cache.ts'
import { useSharedDatabase } from '../../support/shared-database.ts'

/** What a test says about its surroundings. */
export interface StageOptions extends Omit<SandboxOptions, 'renderCacheDir'> {
  settings?: Partial<PolicySettings>
  /** More of the worker's environment variables. */
  variables?: Record<string, string>
  dependencies?: Partial<ActivityDependencies>
}

export const LABELS = { project: 'default', user: null, reference: null }

/** The activities with a real ledger, real files and a vendor that counts. Windows are measured on a clock of its own. */
export type Stage = Awaited<ReturnType<ReturnType<typeof useStages>>>

/** A database for the tests of one file; each has a vendor, a storage and a clock of its own. */
export function useStages() {
  const databaseUrl = useSharedDatabase()

  return async (options: StageOptions = {}) => {
    const { settings, variables, dependencies, modes, ...sandboxOptions } = options
    const home = await mkdtemp(join(tmpdir(), 'matteflow-stage-'))
    const sandbox = await startSandbox({
      renderCacheDir: RENDER_CACHE,
      modes: { instant: true, ...modes },
      ...sandboxOptions,
    })
    const config = configFrom({
      MATTEFLOW_HOME: home,
      STORAGE_URL: pathToFileURL(join(home, 'storage')).href,
      REMOVEBGVIDEO_API_KEY: sandbox.keys[0],
      REMOVEBGVIDEO_BASE_URL: sandbox.url,
      MATTEFLOW_SETTLE_MARGIN: '1s',
      ...variables,
    })
    const opened = await openDependencies(config, databaseUrl())
    let aheadMs = 0
    let jumpedMs = 0
    const deps: ActivityDependencies = {
      ...opened.dependencies,
      now: () => Date.now() + aheadMs,
      monotonicMs: () => performance.now() + aheadMs - jumpedMs,
      settings: { ...opened.dependencies.settings, ...settings },
      ...dependencies,
    }
    const closeLedger = once(opened.close)
    onTestFinished(async () => {
      await closeLedger()
      await sandbox.close()
      await rm(home, { recursive: true, force: true })
    })
    const stage = { home, sandbox, deps, activities: createActivities(deps) }
    const pass = (ms: number): void => void (aheadMs += ms)
    /** The time of day moves on, and no time passes. */
    const jump = (ms: number): void => {
      aheadMs += ms
      jumpedMs += ms
    }
    return { ...stage, closeLedger, pass, jump }
  }
}

/** Stages a file as the client library does, and says what `admitRemoval` is told of it. */
export async function aStagedRequest(
  { deps }: Pick<Stage, 'deps'>,
  {
    source,
    id = newRemovalId(),
    ...rest
  }: Partial<RemovalRequestInput> & { source?: string; id?: string } = {},
) {
  const path = source ?? (await clip('green'))
  const fileName = basename(path)
  const key = `inputs/${id}/${newRemovalId()}/${fileName}`
  const { sizeBytes, sha256 } = await deps.storage.write(key, createReadStream(path))
  const request = { ...rest, source: { stored: key } }
  const fingerprint = await fingerprintOf(parseRemovalRequest(request), sha256)
  const staged: StagedInput = { kind: 'file', key, fileName, sizeBytes, sha256, fingerprint }
  return { removalId: id, labels: LABELS, workflowId: workflowIdOf(id), request, staged }
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined
  return () => (closing ??= close())
}
