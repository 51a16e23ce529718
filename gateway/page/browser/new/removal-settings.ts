import type { Model, OutputFormat } from '../../../../domain/request-values.ts'

/** What a person chooses for a removal, as a request carries it. */
export interface RemovalSettings {
  model: Model
  outputFormat: OutputFormat
  /** `transparent`, `#rrggbb` or the address of a picture. */
  background: string
  textPrompt?: string
  previewSeconds?: number
}

/** What each model is for. Source: docs/vendors/removebgvideo.md §8. */
export const MODEL_WORDS: Record<Model, { name: string; about: string }> = {
  original: { name: 'Original', about: 'Any scene, at the highest quality' },
  light: { name: 'Light', about: 'Simple scenes, fastest' },
  pro: { name: 'Pro', about: 'Complex scenes, by your words' },
  human: { name: 'Human', about: 'People and portraits, fast' },
}

/** What each format is for. */
export const FORMAT_WORDS: Record<OutputFormat, { name: string; about: string }> = {
  webm: { name: 'WebM', about: 'for the web' },
  mov: { name: 'MOV, ProRes 4444', about: 'for editing' },
  mp4: { name: 'MP4', about: 'never transparent: needs a background' },
  gif: { name: 'GIF', about: 'no half-transparent edges' },
  webp: { name: 'WebP', about: 'an animated picture' },
  png_sequence: { name: 'PNG sequence', about: 'a zip of single frames' },
}
