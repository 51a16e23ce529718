import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cutOutSentence } from './cut-out-sentence.ts'
import type { Fault } from './faults/fault.ts'
import { createFaultScript } from './faults/fault-script.ts'
import { buildServer } from './http/build-server.ts'
import { addControlRoutes } from './http/control-routes.ts'
import { createRequestLog } from './http/request-log.ts'
import type { Site } from './http/site.ts'
import { createDownloads, uploadPath } from './http/site.ts'
import { findPersonPart } from './media/person/find-person-part.ts'
import { createPersonRenderer } from './media/person/person-renderer.ts'
import { createRenderings } from './media/renderings.ts'
import type { StartModes } from './modes.ts'
import { STRICTEST_MODES } from './modes.ts'
import { reportOn } from './report.ts'
import type { Sandbox, SandboxOptions } from './sandbox.ts'
import type { VendorState } from './state/vendor-state.ts'
import { openVendorState } from './state/vendor-state.ts'
import { createWebhooks } from './webhooks/create-webhooks.ts'

const HOUR_MS = 3_600_000

/** Starts a vendor of one's own: real HTTP, real processing, bills that can be counted, faults by script. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { speed = 10, log = () => {}, outputUrlTtlMs = HOUR_MS } = options
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'matteflow-sandbox-')))
  await mkdir(dataDir, { recursive: true })
  const modes = { ...STRICTEST_MODES, ...options.modes }
  const state = openVendorState(dataDir, modes)
  const keys = acceptedKeys(state, options.keys)
  if (options.credits !== undefined) state.setBalance(Math.round(options.credits * 1000))

  let url = ''
  const closing = new AbortController()
  const { ffmpegPath = 'ffmpeg', ffprobePath = 'ffprobe' } = options
  log(cutOutSentence())
  const part = findPersonPart()
  const person = part === null ? null : createPersonRenderer(part)
  const renderings = createRenderings({
    state,
    dataDir,
    cacheDir: options.renderCacheDir ?? join(dataDir, 'renders'),
    tools: { ffmpegPath, ffprobePath, signal: closing.signal },
    speed,
    person,
    log,
    uploadPath: (videoUrl) => uploadPath({ dataDir, state, url: () => url }, videoUrl),
    onRendered: (job) => webhooks.rendered(job),
  })
  const faults = createFaultScript(options.faults)
  const requests = createRequestLog(log)
  const downloads = createDownloads()
  let { webhookSecret = null } = options
  const withoutWebhooks: Omit<Site, 'webhooks'> = {
    state,
    modes,
    ownStartModes: new Map(),
    faults,
    renderings,
    knowsPeople: person !== null,
    requests,
    downloads,
    dataDir,
    speed,
    outputUrlTtlMs,
    url: () => url,
    closing: closing.signal,
    webhookSecret: () => webhookSecret,
    log,
  }
  const webhooks = createWebhooks(withoutWebhooks)
  const site: Site = { ...withoutWebhooks, webhooks }
  const controls = {
    report: () => reportOn(site),
    requests: () => requests.all(),
    addFaults: (added: readonly Fault[]) => faults.add(added),
    clearFaults: (input?: string) => faults.clear(input),
    setModes: (changed: Partial<typeof modes>) => void Object.assign(modes, changed),
    setStartModes: (input: string, own: Partial<StartModes>) => void site.ownStartModes.set(input, own),
    setCredits: (credits: number | null) =>
      state.setBalance(credits === null ? null : Math.round(credits * 1000)),
    setWebhookSecret: (changed: string | null) => {
      webhookSecret = changed
    },
    revokeKey: (key: string) => state.setKey(key, false),
    acceptKey: (key: string) => state.setKey(key, true),
  }
  const app = await buildServer(site)
  addControlRoutes(app, controls)
  const { host = '127.0.0.1' } = options
  await app.listen({ host, port: options.port ?? 0 })
  url = options.publicUrl ?? urlOf(host, (app.server.address() as AddressInfo).port)
  for (const job of state.jobs.values()) {
    webhooks.resume(job)
    if (job.startedAt !== null && job.renderedAt === null) renderings.begin(job)
  }
  return {
    url,
    keys,
    ...controls,
    async close() {
      closing.abort()
      await app.close()
      await Promise.all([renderings.idle(), webhooks.idle()])
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** What is listened on everywhere is reached from here by the loopback. */
function urlOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}`
}

/** The given keys, else those of an earlier run, else a new one. */
function acceptedKeys(state: VendorState, given: string[] | undefined): string[] {
  if (given === undefined && state.acceptedKeys().length > 0) return state.acceptedKeys()
  const keys = given ?? [`rbv_sandbox_${randomBytes(12).toString('hex')}`]
  for (const key of keys) if (!state.isAccepted(key)) state.setKey(key, true)
  return keys
}
