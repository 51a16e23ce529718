import type { SandboxModes } from '../modes.ts'
import type { Background, Composition, JobSettings } from '../state/vendor-job.ts'
import type { CompositionWish, CreateRequest, StartRequest } from './job-request.schema.ts'
import { requestedBackground } from './requested-background.ts'
import { invalidRequest } from './vendor-error.ts'

/** The settings that a create asks for, gaps filled with the vendor's defaults. */
export function settingsFromCreate(
  request: CreateRequest,
  defaultBackground: SandboxModes['defaultBackground'],
): JobSettings {
  const unnamed: Background =
    defaultBackground === 'green' ? { type: 'color', rgb: [9, 162, 70] } : { type: 'transparent' }
  return checked({
    model: request.model ?? 'original',
    outputFormat: request.output_format ?? 'webm',
    background: requestedBackground(request) ?? unnamed,
    textPrompt: request.text_prompt ?? null,
    composition: null,
    previewSeconds: null,
  })
}

/** The draft's settings with what a start overrides. */
export function settingsFromStart(request: StartRequest, draft: JobSettings): JobSettings {
  return checked({
    model: request.model ?? draft.model,
    outputFormat: request.output_format ?? draft.outputFormat,
    background: requestedBackground(request) ?? draft.background,
    textPrompt: request.text_prompt ?? draft.textPrompt,
    composition: request.composition === undefined ? draft.composition : compositionFrom(request.composition),
    previewSeconds: request.preview_duration ?? draft.previewSeconds,
  })
}

function checked(settings: JobSettings): JobSettings {
  if (settings.textPrompt !== null && settings.model !== 'pro') {
    throw invalidRequest('text_prompt goes with the model pro only')
  }
  if (settings.outputFormat === 'mp4' && settings.background.type === 'transparent') {
    throw invalidRequest('mp4 cannot be transparent')
  }
  return settings
}

function compositionFrom({ canvas, foreground }: CompositionWish): Composition {
  const { anchor = 'center', scale = 1, offset = {} } = foreground ?? {}
  return {
    canvas: canvas ?? null,
    foreground: { anchor, scale, offset: { x: offset.x ?? 0, y: offset.y ?? 0 } },
  }
}
