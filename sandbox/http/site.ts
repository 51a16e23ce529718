import { join } from 'node:path'
import type { FaultScript } from '../faults/fault-script.ts'
import type { Renderings } from '../media/renderings.ts'
import type { SandboxModes, StartModes } from '../modes.ts'
import type { VendorState } from '../state/vendor-state.ts'
import { inputName } from '../state/vendor-state.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import type { RequestLog } from './request-log.ts'

/** Everything that the operations share. */
export type Site = {
  state: VendorState
  modes: SandboxModes
  /** By the name that an input was uploaded under: where its jobs differ from `modes`. */
  ownStartModes: Map<string, Partial<StartModes>>
  faults: FaultScript
  renderings: Renderings
  /** Whether the person model is there. */
  knowsPeople: boolean
  requests: RequestLog
  downloads: Downloads
  dataDir: string
  speed: number
  outputUrlTtlMs: number
  webhooks: Webhooks
  /** Signs webhooks; null where none is configured on the vendor's side. */
  webhookSecret: () => string | null
  /** Gets a line for what is worth one. */
  log: (line: string) => void
  /** The sandbox's own address, known once it listens. */
  url: () => string
  /** Aborts when the sandbox closes. */
  closing: AbortSignal
}

/** Which parts of each output went out, so that a resumed download counts as one. */
type Downloads = {
  /** Tells whether the whole output was served by now, in one piece or several. */
  sent(jobId: string, start: number, end: number, sizeBytes: number): boolean
}

type Span = { start: number; end: number }

export function createDownloads(): Downloads {
  const served = new Map<string, Span[]>()
  return {
    sent(jobId, start, end, sizeBytes) {
      const spans = [...(served.get(jobId) ?? []), { start, end }].sort((a, b) => a.start - b.start)
      served.set(jobId, spans)
      const reached = spans.reduce((to, span) => (span.start <= to ? Math.max(to, span.end) : to), 0)
      return reached >= sizeBytes
    },
  }
}

/** How drafts and starts of one video show. */
export function startModesOf(
  videoUrl: string,
  { modes, ownStartModes, state }: Pick<Site, 'modes' | 'ownStartModes' | 'state'>,
): StartModes {
  const own = ownStartModes.get(inputName(state, videoUrl) ?? '')
  return own === undefined ? modes : { ...modes, ...own }
}

/** Where an upload lies, when the URL is one of this sandbox's own; undefined for every other URL. */
export function uploadPath(
  site: Pick<Site, 'dataDir' | 'state' | 'url'>,
  videoUrl: string,
): string | undefined {
  const { pathname, origin } = new URL(videoUrl)
  const [, folder, file = ''] = pathname.split('/')
  // After a restart on another port, old upload URLs still name the same files.
  const names = ['127.0.0.1', 'localhost', new URL(site.url()).hostname]
  const ours = origin === site.url() || names.includes(new URL(videoUrl).hostname)
  return ours && folder === 'uploads' && site.state.uploads.has(file)
    ? join(site.dataDir, 'uploads', file)
    : undefined
}
