import { join } from 'node:path'
import type { Rgb } from '../../state/vendor-job.ts'
import type { VideoFacts } from '../input/probe-video.ts'
import type { Tools } from '../run-tool.ts'
import { runTool } from '../run-tool.ts'

/** How the foreground is told from the background. `oval` keeps the middle of the picture. */
export type Matte =
  | { by: 'key'; rgb: Rgb }
  | { by: 'difference'; plate: string }
  | { by: 'oval' }
  | { by: 'none'; opacity: number }
  /** The left half of the picture, in its first frames only. */
  | { by: 'brief'; frames: number }

const PLATE_FRAMES = 15

/** Picks the matte for a video without a screen: what moves before its median picture, else its middle. */
export async function chooseMatte(
  input: string,
  facts: VideoFacts,
  seconds: number,
  workDir: string,
  tools: Tools,
): Promise<Matte> {
  const plate = join(workDir, 'plate.png')
  if (!(await paintPlate(input, facts, seconds, plate, tools))) return { by: 'oval' }
  const matte: Matte = { by: 'difference', plate }
  return (await separates(matte, input, facts, seconds, tools)) ? matte : { by: 'oval' }
}

/** The filter from the picture `[in]` to the same with alpha, `[fg]`. `plate` names the plate's input. */
export function matteFilter(matte: Matte, from: string, plate: string, to: string): string {
  switch (matte.by) {
    case 'key': {
      const [red, green, blue] = matte.rgb
      const spill = green > blue ? 'green' : 'blue'
      const hex = [red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')
      return `${from}format=yuva444p,chromakey=0x${hex}:0.13:0.05,format=rgba,despill=type=${spill}:expand=0,format=rgba${to}`
    }
    case 'difference':
      return [
        `${from}format=gbrp,split[seen][kept]`,
        `${plate}format=gbrp[still]`,
        `[seen][still]blend=all_mode=difference:shortest=1,format=gray,lut=y='clip((val-14)*14,0,255)',boxblur=1:1,lut=y='clip((val-70)*2.4,0,255)'[mask]`,
        `[kept]format=rgba[colour];[colour][mask]alphamerge${to}`,
      ].join(';')
    case 'oval':
      return `${from}format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='clip((1-hypot((X-W/2)/(W*0.36),(Y-H/2)/(H*0.42)))*1500,0,255)'${to}`
    case 'brief':
      return `${from}format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(N,${matte.frames})*lt(X,W/2),255,0)'${to}`
    case 'none':
      return `${from}format=rgba,colorchannelmixer=aa=${matte.opacity}${to}`
  }
}

async function paintPlate(
  input: string,
  facts: VideoFacts,
  seconds: number,
  plate: string,
  tools: Tools,
): Promise<boolean> {
  const frames = Math.min(PLATE_FRAMES, Math.floor(seconds * facts.framesPerSecond))
  const radius = Math.floor((frames - 1) / 2)
  if (radius < 1) return false
  const sample = `fps=${frames / seconds},format=gbrp,tmedian=radius=${radius}`
  const args = [
    '-v',
    'error',
    '-y',
    '-threads',
    '1',
    '-filter_threads',
    '1',
    '-t',
    String(seconds),
    '-i',
    input,
  ]
  await runTool(tools.ffmpegPath, [...args, '-an', '-vf', sample, '-frames:v', '1', plate], tools.signal)
  return true
}

/** Whether in nearly every sampled frame something stands out and something does not. */
async function separates(
  matte: Matte & { by: 'difference' },
  input: string,
  facts: VideoFacts,
  seconds: number,
  tools: Tools,
): Promise<boolean> {
  const samples = Math.max(1, Math.min(10, Math.floor(seconds * facts.framesPerSecond)))
  const filter = `[0:v]fps=${samples / seconds}[thin];${matteFilter(matte, '[thin]', '[1:v]', '[fg]')};[fg]alphaextract,scale=64:64:flags=neighbor,format=gray[a]`
  const inputs = ['-t', String(seconds), '-i', input, '-loop', '1', '-i', matte.plate]
  const raw = ['-map', '[a]', '-f', 'rawvideo', '-pix_fmt', 'gray', '-']
  const args = ['-v', 'error', '-threads', '1', ...inputs, '-filter_complex', filter, ...raw]
  const pixels = await runTool(tools.ffmpegPath, args, tools.signal)
  const size = 64 * 64
  const frames = Array.from({ length: Math.floor(pixels.length / size) }, (_, index) =>
    pixels.subarray(index * size, (index + 1) * size),
  )
  const parted = frames.filter((frame) => {
    const solid = frame.filter((alpha) => alpha > 235).length / size
    const clear = frame.filter((alpha) => alpha < 20).length / size
    return solid > 0.003 && clear > 0.1
  })
  return parted.length > 0 && parted.length >= frames.length * 0.8
}
