import type { JobSettings } from '../state/vendor-job.ts'
import type { VideoFacts } from './input/probe-video.ts'
import type { Matte } from './key/matte.ts'
import type { Tools } from './run-tool.ts'

/** `key`: by the screen's colour or by what moves. `person`: by a model that knows people. */
export type RendererName = 'key' | 'person'

/** One output to make. */
export interface RenderPlan {
  input: string
  facts: VideoFacts
  /** How much of the input is wanted, from its beginning. */
  seconds: number
  settings: JobSettings
  /** Prescribes the matte instead of looking for the foreground. */
  matte: Matte | null
  /** A local copy of the background picture. */
  backgroundImage: string | null
  /** An empty folder for whatever is needed on the way. */
  workDir: string
  /** Where the output belongs; for a sequence a pattern of file names. */
  output: string
}

/** The one door to whatever tells the foreground from the background. */
export interface Renderer {
  readonly name: RendererName
  /** Writes the output whole or rejects. `onShare` hears what share of the frames is done, or 1 where nobody counts. */
  render(plan: RenderPlan, tools: Tools, onShare: (share: number) => void): Promise<void>
}
