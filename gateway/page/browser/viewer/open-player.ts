import type { RemovalDocument } from '../../../../domain/removal-document.ts'
import { servedFormat } from '../../../../domain/removal-document.ts'
import type { OutputFormat } from '../../../../domain/request-values.ts'
import { addresses } from '../gateway/gateway.ts'
import { openPicture } from './picture-player.ts'
import type { Player } from './player.ts'
import { showsAlpha } from './shows-alpha.ts'
import { openVideoPlayer } from './video-player.ts'

const STILL_NOTES: Partial<Record<OutputFormat, string>> = {
  mov: 'One frame of it: browsers do not play ProRes. The download is the whole.',
  png_sequence: 'One frame of it: the download holds them all in a zip.',
}
const STILL_NOTE = 'One frame of it: this browser cannot play it. The download is the whole.'

/**
 * Shows an output as it is, alpha and all: by the browser's own player where that shows alpha, by mediabunny where it
 * does not, and else by a still from the gateway.
 */
export async function openOutput(removal: RemovalDocument): Promise<Player> {
  const { id, output } = removal
  const format = servedFormat(removal)
  const still = (): Promise<Player> =>
    openPicture(addresses.still(id, 960), STILL_NOTES[format] ?? STILL_NOTE)
  if (format === 'mov' || format === 'png_sequence') return still()
  const url = addresses.output(id)
  if (format === 'gif' || format === 'webp') return openPicture(url, null).catch(still)
  if (output?.hasAlpha !== true || (await showsAlpha())) return openVideoPlayer(url).catch(still)
  // Browsers decode for pages only in a secure context.
  if (!('VideoDecoder' in window)) return still()
  const { openCanvasPlayer } = await import('./canvas-player.ts')
  return openCanvasPlayer(new URL(url, location.href).href).catch(still)
}

/** Shows the original beside it, muted; null where the browser cannot play it. */
export async function openOriginal(file: File): Promise<Player | null> {
  const url = URL.createObjectURL(file)
  try {
    const player = await openVideoPlayer(url)
    return {
      ...player,
      close() {
        player.close()
        URL.revokeObjectURL(url)
      },
    }
  } catch {
    URL.revokeObjectURL(url)
    return null
  }
}
