import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { OutputFlaw, OutputOddity } from '../faults/fault.ts'
import { recordLength } from '../state/record-length.ts'
import type { VendorJob } from '../state/vendor-job.ts'
import type { VendorState } from '../state/vendor-state.ts'
import { flawedRequest } from './flawed-request.ts'
import { fetchFile } from './input/fetch-file.ts'
import { createKnownVideos } from './input/known-videos.ts'
import type { PersonRenderer } from './person/person-renderer.ts'
import type { RenderRequest } from './render.ts'
import type { Rendered } from './render-cache.ts'
import { createRenderCache } from './render-cache.ts'
import type { RendererName } from './renderer.ts'
import type { Tools } from './run-tool.ts'

/** The work on the jobs of a sandbox. */
export type Renderings = {
  /** Length of an uploaded video in seconds; null when it can't be read. */
  measure(path: string): Promise<number | null>
  /** Takes up the work on a started job; its end is written into the state. */
  begin(job: VendorJob): void
  /** The output of a rendered job, or one with a flaw. */
  output(job: VendorJob, flaw?: OutputFlaw | OutputOddity): Promise<Rendered>
  /** Resolves when no work is left. */
  idle(): Promise<void>
}

type Site = {
  state: VendorState
  dataDir: string
  cacheDir: string
  tools: Tools
  speed: number
  /** Null where the optional part is missing. */
  person: PersonRenderer | null
  /** Gets a line for each rendering. */
  log: (line: string) => void
  /** Hears that the work on a job is done, well or not. */
  onRendered: (job: VendorJob) => void
  /** The file behind a URL of this sandbox's own uploads. */
  uploadPath: (videoUrl: string) => string | undefined
}

const WAYS: Record<RendererName, string> = {
  key: 'cut out by its screen or by what moves',
  person: 'people cut out by the on-device model',
}

export function createRenderings(site: Site): Renderings {
  const { state, dataDir, cacheDir, tools, speed, person, log, uploadPath, onRendered } = site
  const cache = createRenderCache(cacheDir, person, tools)
  const queued = pLimit(2)
  const inHand = new Set<Promise<void>>()
  const known = createKnownVideos(tools)

  /** Brings the input here, measures it, and hands both over; a fetched copy is gone afterwards. */
  async function withInput<T>(
    job: VendorJob,
    use: (request: RenderRequest, sum: string) => Promise<T>,
  ): Promise<T> {
    const upload = uploadPath(job.videoUrl)
    const input = upload ?? join(dataDir, 'fetched', job.id)
    try {
      if (upload === undefined) {
        await mkdir(join(dataDir, 'fetched'), { recursive: true })
        await fetchFile(job.videoUrl, input, tools.signal)
      }
      const { sha256, facts } = await known.look(input)
      const onShare = (share: number) => {
        job.renderedShare = share
      }
      return await use({ input, facts, settings: job.settings, matte: null, onShare }, sha256)
    } finally {
      if (upload === undefined) await rm(input, { force: true })
    }
  }

  async function work(job: VendorJob): Promise<void> {
    job.renderedShare = 0
    try {
      const { key, rendered } = await withInput(job, async (request, sum) => {
        recordLength(job, request.facts.durationSeconds, speed)
        state.save(job)
        return await cache.get(request, sum)
      })
      job.renderKey = key
      job.renderedBy = rendered.by
      log(`job ${job.id}: ${WAYS[rendered.by]}`)
    } catch (error) {
      // Closing ends the programs; the job is taken up again after a restart.
      if (tools.signal.aborted) return
      job.brokenBy = `Could not process the video: ${(error as Error).message}`
      log(`job ${job.id}: ${job.brokenBy}`)
    }
    job.renderedAt = Date.now()
    state.save(job)
    onRendered(job)
  }

  return {
    measure: (path) =>
      known.look(path).then(
        ({ facts }) => facts.durationSeconds,
        () => null,
      ),
    begin(job) {
      const done = queued(() => work(job)).finally(() => inHand.delete(done))
      inHand.add(done)
    },
    async output(job, flaw) {
      if (flaw !== undefined) {
        return withInput(
          job,
          async (request, sum) => (await cache.get(flawedRequest(request, flaw), sum)).rendered,
        )
      }
      const found = job.renderKey === null ? undefined : await cache.find(job.renderKey)
      return found ?? withInput(job, async (request, sum) => (await cache.get(request, sum)).rendered)
    },
    async idle() {
      await Promise.all(inHand)
    },
  }
}
