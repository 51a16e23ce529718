import type { OutputWarning } from '../../../domain/removal-document.ts'
import type { AlphaFindings } from '../alpha/alpha-judge.ts'

/** How closely an output is looked at. */
export interface InspectOptions {
  /** Whether real alpha must be shown; else one decoded frame is enough. */
  wantsAlpha: boolean
  signal?: AbortSignal
}

/** What was seen of a whole output, whatever its format. */
export interface InspectedMedia {
  /** Null for a PNG sequence and for a still picture, which do not tell it. */
  durationSeconds: number | null
  /** Null where counting would need reading. */
  frames: number | null
  framesPerSecond: number | null
  /** What the picture is coded with; only of containers that may hold several kinds. */
  codec?: string | null
  /** Of a sample that left no doubt, else of all frames. */
  alpha: AlphaFindings
  /** Why there is no alpha plane at all, where that is known. */
  withoutPlane?: string
  /** What is odd about it, besides its length and its opacity. */
  warnings: OutputWarning[]
}

/** The file lacks its end, or is none at all: another transfer may bring it whole. Says what is missing. */
export interface Incomplete {
  incomplete: string
}
