import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutputFlaw } from '../faults/fault.ts'
import { recordLength } from '../state/record-length.ts'
import type { VendorJob } from '../state/vendor-job.ts'
import type { VendorState } from '../state/vendor-state.ts'
import { fetchFile } from './fetch-file.ts'
import { flawedOrder } from './flawed-order.ts'
import { createKnownVideos } from './known-videos.ts'
import type { RenderOrder } from './render.ts'
import type { Rendered } from './render-cache.ts'
import { createRenderCache } from './render-cache.ts'
import type { Tools } from './run-tool.ts'
import { createWorkQueue } from './work-queue.ts'

export type Renderer = {
  /** Length of an uploaded video in seconds; null when it can't be read. */
  measure(path: string): Promise<number | null>
  /** Takes up the work on a started job; its end is written into the state. */
  begin(job: VendorJob): void
  /** The output of a rendered job, or one with a flaw. */
  output(job: VendorJob, flaw?: OutputFlaw): Promise<Rendered>
  /** Resolves when no work is left. */
  idle(): Promise<void>
}

type Site = {
  state: VendorState
  dataDir: string
  cacheDir: string
  tools: Tools
  speed: number
  /** The file behind a URL of this sandbox's own uploads. */
  uploadPath: (videoUrl: string) => string | undefined
}

export function createRenderer({ state, dataDir, cacheDir, tools, speed, uploadPath }: Site): Renderer {
  const cache = createRenderCache(cacheDir, tools)
  const queued = createWorkQueue(2)
  const inHand = new Set<Promise<void>>()
  const known = createKnownVideos(tools)

  /** Brings the input here, measures it, and hands both over; a fetched copy is gone afterwards. */
  async function withInput<T>(
    job: VendorJob,
    use: (order: RenderOrder, sum: string) => Promise<T>,
  ): Promise<T> {
    const upload = uploadPath(job.videoUrl)
    const input = upload ?? join(dataDir, 'fetched', job.id)
    try {
      if (upload === undefined) {
        await mkdir(join(dataDir, 'fetched'), { recursive: true })
        await fetchFile(job.videoUrl, input, tools.signal)
      }
      const { sha256, facts } = await known.look(input)
      return await use({ input, facts, settings: job.settings, matte: null }, sha256)
    } finally {
      if (upload === undefined) await rm(input, { force: true })
    }
  }

  async function work(job: VendorJob): Promise<void> {
    try {
      const renderKey = await withInput(job, async (order, sum) => {
        recordLength(job, order.facts.durationSeconds, speed)
        state.save(job)
        return (await cache.get(order, sum)).key
      })
      job.renderKey = renderKey
    } catch (error) {
      // Closing ends the programs; the job is taken up again after a restart.
      if (tools.signal.aborted) return
      job.brokenBy = `Could not process the video: ${(error as Error).message}`
    }
    job.renderedAt = Date.now()
    state.save(job)
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
        return withInput(job, async (order, sum) => (await cache.get(flawedOrder(order, flaw), sum)).rendered)
      }
      const found = job.renderKey === null ? undefined : await cache.find(job.renderKey)
      return found ?? withInput(job, async (order, sum) => (await cache.get(order, sum)).rendered)
    },
    async idle() {
      await Promise.all(inHand)
    },
  }
}
