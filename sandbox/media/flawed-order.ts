import type { OutputFlaw, OutputOddity } from '../faults/fault.ts'
import type { JobSettings } from '../state/vendor-job.ts'
import type { RenderOrder } from './render.ts'

/** The order whose rendering shows the flaw, or the oddity. */
export function flawedOrder(order: RenderOrder, flaw: OutputFlaw | OutputOddity): RenderOrder {
  const { settings, facts } = order
  const opaque: JobSettings = { ...settings, background: { type: 'color', rgb: [0, 177, 64] } }
  switch (flaw) {
    case 'wrong-container':
      return {
        ...order,
        settings: { ...opaque, outputFormat: settings.outputFormat === 'mp4' ? 'webm' : 'mp4' },
      }
    case 'no-alpha':
      return { ...order, settings: opaque }
    case 'opaque-matte':
      return { ...order, matte: { by: 'none', opacity: 1 } }
    case 'empty-matte':
      return { ...order, matte: { by: 'none', opacity: 0 } }
    case 'semi-transparent':
      return { ...order, matte: { by: 'none', opacity: 0.5 } }
    case 'figure-leaves':
      return { ...order, matte: { by: 'brief', frames: 2 } }
    case 'undeclared-alpha':
    case 'other-brand':
    case 'absolute-names':
      return { ...order, bend: flaw }
    case 'wrong-length': {
      const seconds = Math.min(facts.durationSeconds, settings.previewSeconds ?? Number.POSITIVE_INFINITY)
      return { ...order, settings: { ...settings, previewSeconds: seconds / 2 } }
    }
  }
}
