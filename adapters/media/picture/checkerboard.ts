import type { OutputFormat } from '../../../domain/request-values.ts'
import { runTool } from '../tools/run-tool.ts'
import { middleFrame } from './middle-frame.ts'

const SQUARE = 16
const SHADES = '(204+51*mod(floor(X/16)+floor(Y/16),2))'.replaceAll('16', String(SQUARE))

/** Draws one frame from the middle of a verified output over a checkerboard, as a PNG at `pngPath`. */
export async function renderOverCheckerboard(
  outputPath: string,
  outputFormat: OutputFormat,
  pngPath: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<void> {
  const { args, filter = '', input } = await middleFrame(outputPath, outputFormat)
  const channel = (name: string): string =>
    `${name}='(${name}(X,Y)*alpha(X,Y)+${SHADES}*(255-alpha(X,Y)))/255'`
  const board = `format=rgba,geq=${['r', 'g', 'b'].map(channel).join(':')}:a=255,format=rgb24`
  const output = ['-frames:v', '1', '-update', '1', '-f', 'image2', '-c:v', 'png', `file:${pngPath}`]
  await runTool('ffmpeg', ['-v', 'error', '-y', ...args, '-vf', filter + board, ...output], {
    ...(input && { input }),
    ...(signal && { signal }),
  })
}
