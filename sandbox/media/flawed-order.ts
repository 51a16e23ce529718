import type { OutputFlaw } from '../faults/fault.ts'
import type { JobSettings } from '../state/vendor-job.ts'
import type { RenderOrder } from './render.ts'

/** The order whose rendering shows the flaw. */
export function flawedOrder(order: RenderOrder, flaw: OutputFlaw): RenderOrder {
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
    case 'wrong-length': {
      const seconds = Math.min(facts.durationSeconds, settings.previewSeconds ?? Number.POSITIVE_INFINITY)
      return { ...order, settings: { ...settings, previewSeconds: seconds / 2 } }
    }
  }
}
