export type Model = 'original' | 'light' | 'pro' | 'human'
export type OutputFormat = 'webm' | 'mov' | 'mp4' | 'gif' | 'webp' | 'png_sequence'

/** Colour components from 0 to 255. */
export type Rgb = readonly [number, number, number]

export type Background =
  | { type: 'transparent' }
  | { type: 'color'; rgb: Rgb }
  | { type: 'image'; imageUrl: string }

export type Composition = {
  canvas: { width: number; height: number } | null
  foreground: { anchor: string; scale: number; offset: { x: number; y: number } }
}

export type JobSettings = {
  model: Model
  outputFormat: OutputFormat
  background: Background
  textPrompt: string | null
  composition: Composition | null
  previewSeconds: number | null
}

type JobFate = { fate: 'fails'; error: string | Record<string, unknown> } | { fate: 'never-ends' }

/** What the vendor tells the `webhook_url` of a job. */
export type WebhookEvent = 'job.started' | 'job.completed' | 'job.failed'

/** What became of one event, in the vendor's words, and how often it was sent. */
export type WebhookState = { state: 'sent' | 'failed'; tries: number }

/** A job as the vendor keeps it. Times are epoch milliseconds. */
export type VendorJob = {
  id: string
  /** The n-th job that was created here, from 1. */
  index: number
  keyFingerprint: string
  videoUrl: string
  settings: JobSettings
  webhookUrl: string | null
  /** The events that were told, or given up; jobs of earlier releases have none. */
  webhooks?: Partial<Record<WebhookEvent, WebhookState>>
  metadata: Record<string, unknown> | null
  createdAt: number
  startedAt: number | null
  /** Accepted starts, repeated ones included. */
  starts: number
  /** Accepted starts that are billed. */
  purchases: number
  /** Length of the output, which is what is billed; null until the input was measured. */
  durationSeconds: number | null
  /** Time that the work takes at this sandbox's speed, from the start on. */
  processingMs: number | null
  fate: JobFate | null
  /** Set when the input could not be rendered. */
  brokenBy: string | null
  /** When rendering ended, well or not. */
  renderedAt: number | null
  renderKey: string | null
  /** The share of its frames that is done; where nobody counts them, 1 from the moment on that they are in work. */
  renderedShare: number
  /** What told the foreground from the background, once that is done. */
  renderedBy: 'key' | 'person' | null
  /** How often the end of the genuine output was served, and whether all of it was. */
  downloads: number
  collected: boolean
}
