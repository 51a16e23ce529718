import type { AlphaFindings } from '../alpha/alpha-judge.ts'

/** How closely an output is looked at. */
export interface InspectOptions {
  /** Whether real alpha must be shown; else one decoded frame is enough. */
  wantsAlpha: boolean
  signal?: AbortSignal
}

/** What was seen of an output, whatever its format. */
export interface InspectedMedia {
  /** Null for a PNG sequence, which does not tell it. */
  durationSeconds: number | null
  /** Null where counting would need reading. */
  frames: number | null
  alpha: AlphaFindings
}
