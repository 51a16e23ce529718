import type { OutputFormat } from '../../../domain/request-values.ts'
import { readTool } from '../tools/run-tool.ts'
import { middleFrame } from './middle-frame.ts'

/**
 * A PNG with alpha of one frame from the middle of a verified output, at most `width` pixels wide: what browsers show
 * of formats that they cannot play.
 */
export async function renderStill(
  outputPath: string,
  outputFormat: OutputFormat,
  { width, signal }: { width: number; signal?: AbortSignal },
): Promise<Buffer> {
  const { args, filter = '', input } = await middleFrame(outputPath, outputFormat)
  // Scaled without this, the colour of transparent pixels would bleed into the edges.
  const scaled = `format=gbrap,premultiply=inplace=1,scale='min(${width},iw)':-1:flags=area,unpremultiply=inplace=1,format=rgba`
  const output = ['-frames:v', '1', '-an', '-f', 'image2pipe', '-c:v', 'png', 'pipe:1']
  return readTool('ffmpeg', ['-v', 'error', ...args, '-vf', filter + scaled, ...output], {
    ...(input && { input }),
    ...(signal && { signal }),
  })
}
