import type { OutputFlaw, OutputOddity } from '../faults/fault.ts'
import type { JobSettings } from '../state/vendor-job.ts'
import type { RenderRequest } from './render.ts'

/** The request whose rendering shows the flaw, or the oddity. */
export function flawedRequest(request: RenderRequest, flaw: OutputFlaw | OutputOddity): RenderRequest {
  const { settings, facts } = request
  const opaque: JobSettings = { ...settings, background: { type: 'color', rgb: [0, 177, 64] } }
  switch (flaw) {
    case 'wrong-container':
      return {
        ...request,
        settings: { ...opaque, outputFormat: settings.outputFormat === 'mp4' ? 'webm' : 'mp4' },
      }
    case 'no-alpha':
      return { ...request, settings: opaque }
    case 'opaque-matte':
      return { ...request, matte: { by: 'none', opacity: 1 } }
    case 'empty-matte':
      return { ...request, matte: { by: 'none', opacity: 0 } }
    case 'semi-transparent':
      return { ...request, matte: { by: 'none', opacity: 0.5 } }
    case 'figure-leaves':
      return { ...request, matte: { by: 'brief', frames: 2 } }
    case 'undeclared-alpha':
    case 'other-brand':
    case 'absolute-names':
      return { ...request, bend: flaw }
    case 'wrong-length': {
      const seconds = Math.min(facts.durationSeconds, settings.previewSeconds ?? Number.POSITIVE_INFINITY)
      return { ...request, settings: { ...settings, previewSeconds: seconds / 2 } }
    }
  }
}
