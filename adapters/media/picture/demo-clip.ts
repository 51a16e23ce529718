import { runTool } from '../tools/run-tool.ts'

/** What stands behind the figure: a studio's green, or a patterned wall without any green. */
export type DemoBackground = 'green' | 'busy'

export interface DemoClipOptions {
  /** By default 640×360. */
  width?: number
  height?: number
  framesPerSecond?: number
  /** How many steps the figure takes a second. */
  pace?: number
  /** A filter over the whole picture, in ffmpeg's words. */
  effect?: string
  /** Arguments for the encoders; by default H.264. */
  encoding?: readonly string[]
  signal?: AbortSignal
}

const H264 = [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-crf',
  '20',
  '-pix_fmt',
  'yuv420p',
  '-c:a',
  'aac',
  '-b:a',
  '64k',
  '-movflags',
  '+faststart',
]

/** The figure's own canvas; it is drawn at this size and then scaled to the clip's height. */
const FIGURE = { width: 120, height: 220 } as const

/** Writes a clip of a figure walking through the picture, with the sound of its steps; `path` names the container. */
export async function makeDemoClip(
  path: string,
  background: DemoBackground,
  seconds: number,
  options: DemoClipOptions = {},
): Promise<void> {
  const {
    width = 640,
    height = 360,
    framesPerSecond = 25,
    pace = 1,
    effect = '',
    encoding = H264,
    signal,
  } = options
  const turns = (Math.PI * 2 * pace).toFixed(3)
  const graph = [
    ...figureGraph(framesPerSecond, pace),
    `${backgroundChain(background, width, height, framesPerSecond)}[back]`,
    `[figure]scale=-2:${Math.round((height * 0.8) / 2) * 2}[walker]`,
    // From the left edge to the right one, once in the clip.
    `[back][walker]overlay=x='(W-w)*(0.05+0.9*t/${seconds})':y=H*0.17+abs(sin(t*${turns}))*H/60:format=gbrp${effect && `,${effect}`}[v]`,
  ].join(';')
  const steps = `anoisesrc=color=brown:amplitude=0.6:seed=7,volume='0.2+0.8*pow(abs(sin(t*${turns})),8)':eval=frame`
  const inputs = ['-f', 'lavfi', '-i', steps, '-filter_complex', graph, '-map', '[v]', '-map', '0:a']
  const args = ['-v', 'error', '-nostdin', '-y', ...inputs]
  await runTool(
    'ffmpeg',
    [...args, '-t', String(seconds), '-r', String(framesPerSecond), ...encoding, `file:${path}`],
    {
      ...(signal && { signal }),
    },
  )
}

function backgroundChain(background: DemoBackground, width: number, height: number, rate: number): string {
  // Not the encoder's 4:2:0, in which an odd width or height would be rounded.
  if (background === 'green') return `color=c=0x00B140:s=${width}x${height}:r=${rate},format=gbrp`
  // Pale blue bricks, unlike anything the figure wears, under a slow change of light; one frame is drawn and then held.
  const brick = 'mod(floor(X/28)+floor(Y/14),2)*38+28*sin(X/37)*cos(Y/23)'
  const wall = `geq=r='125+${brick}':g='135+${brick}':b='170+${brick}'`
  return `color=c=black:s=${width}x${height}:r=${rate},format=gbrp,${wall},trim=end_frame=1,loop=-1:1:0,setpts=N/${rate}/TB`
}

/** Head, trunk, two arms and two legs that swing, on a transparent canvas. */
function figureGraph(rate: number, pace: number): string[] {
  const swing = (reach: number): string => `${reach}*sin(${(Math.PI * 2 * pace).toFixed(3)}*t)`
  const { width, height } = FIGURE
  return [
    `color=c=black@0:s=${width}x${height}:r=${rate},format=rgba[canvas]`,
    shape('0xE8B48C', 44, 44, rate, 'lte(hypot(X-21.5,Y-21.5),21)', 'head'),
    shape(
      '0xB03A6E',
      46,
      84,
      rate,
      'lte(max(abs(X-22.5)-12,0)*max(abs(X-22.5)-12,0)+max(abs(Y-41.5)-31,0)*max(abs(Y-41.5)-31,0),121)',
      'trunk',
    ),
    limb('0x27364F', 18, 92, rate, swing(0.45), 'legA'),
    limb('0x31456A', 18, 92, rate, swing(-0.45), 'legB'),
    limb('0x8E2C58', 13, 72, rate, swing(-0.6), 'armA'),
    limb('0xC24A80', 13, 72, rate, swing(0.6), 'armB'),
    '[canvas][armA]overlay=x=60-w/2:y=62-h/2[f1]',
    '[f1][legA]overlay=x=54-w/2:y=126-h/2[f2]',
    '[f2][legB]overlay=x=66-w/2:y=126-h/2[f3]',
    '[f3][trunk]overlay=x=37:y=48[f4]',
    '[f4][head]overlay=x=38:y=4[f5]',
    '[f5][armB]overlay=x=60-w/2:y=62-h/2[figure]',
  ]
}

/** A coloured shape, drawn once and held. */
function shape(
  color: string,
  width: number,
  height: number,
  rate: number,
  inside: string,
  name: string,
): string {
  return `${drawnOnce(color, width, height, rate, inside)}[${name}]`
}

/** A shape that hangs from the middle of a square and turns about it by `angle` radians. */
function limb(
  color: string,
  width: number,
  length: number,
  rate: number,
  angle: string,
  name: string,
): string {
  const side = 2 * length
  const inside = `lte(abs(X-${length}),${width / 2})*gte(Y,${length - 4})*lte(Y,${side - 4})`
  return `${drawnOnce(color, side, side, rate, inside)},rotate=a='${angle}':c=black@0[${name}]`
}

function drawnOnce(color: string, width: number, height: number, rate: number, inside: string): string {
  const alpha = `geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*${inside}'`
  return `color=c=${color}:s=${width}x${height}:r=${rate},format=rgba,${alpha},trim=end_frame=1,loop=-1:1:0,setpts=N/${rate}/TB`
}
