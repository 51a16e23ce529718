import type { Background, Composition, JobSettings, OutputFormat } from '../../state/vendor-job.ts'
import type { VideoFacts } from '../input/probe-video.ts'
import type { RenderPlan } from '../renderer.ts'

/** Where the cut-out comes from, in ffmpeg's words. */
export interface Foreground {
  /** The arguments of each input. */
  inputs: string[][]
  /** From the inputs to `[fg]`, a picture with alpha. */
  filter: string
  /** The stream to take the sound from. */
  sound: string
}

/** The command line of the ffmpeg run that puts the foreground where it belongs and encodes it. */
export function outputArguments(plan: RenderPlan, foreground: Foreground): string[] {
  const { facts, settings, backgroundImage } = plan
  const isTransparent = settings.background.type === 'transparent'
  const quiet = ['-v', 'error', '-y', '-threads', '1', '-filter_threads', '1', '-filter_complex_threads', '1']
  const still = ['-loop', '1', '-framerate', String(facts.framesPerSecond)]
  const inputs = [
    ...foreground.inputs,
    ...(backgroundImage === null ? [] : [[...still, '-i', backgroundImage]]),
  ]
  const filters = [
    foreground.filter,
    placement(settings, facts, `[${foreground.inputs.length}:v]`),
    finish(settings.outputFormat, isTransparent, facts),
  ]
  return [
    ...quiet,
    ...inputs.flat(),
    '-filter_complex',
    filters.join(';'),
    '-map',
    '[out]',
    ...encoding(settings.outputFormat, isTransparent, facts.hasAudio ? foreground.sound : null),
    '-t',
    String(plan.seconds),
    '-threads',
    '1',
    plan.output,
  ]
}

/** From `[fg]` to `[placed]`: on its canvas and before its background. */
function placement(settings: JobSettings, facts: VideoFacts, imageInput: string): string {
  const { background, composition } = settings
  if (background.type === 'transparent' && composition === null) return '[fg]null[placed]'
  const width = composition?.canvas?.width ?? facts.width
  const height = composition?.canvas?.height ?? facts.height
  const scale = composition?.foreground.scale ?? 1
  const { x, y } = position(composition)
  return [
    `${backdrop(background, `${width}x${height}`, facts.framesPerSecond, imageInput)}[back]`,
    `[fg]scale=ceil(iw*${scale}):ceil(ih*${scale})[sized]`,
    `[back][sized]overlay=x='${x}':y='${y}':format=rgb:shortest=1[placed]`,
  ].join(';')
}

function backdrop(background: Background, size: string, rate: number, imageInput: string): string {
  switch (background.type) {
    case 'transparent':
      return `color=c=black@0:s=${size}:r=${rate},format=rgba`
    case 'color':
      return `color=c=0x${background.rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}:s=${size}:r=${rate},format=rgb24`
    case 'image':
      return `${imageInput}scale=${size.replace('x', ':')},format=rgb24`
  }
}

function position(composition: Composition | null): { x: string; y: string } {
  const { anchor = 'center', offset = { x: 0, y: 0 } } = composition?.foreground ?? {}
  const across = anchor.includes('left') ? '0' : anchor.includes('right') ? 'W-w' : '(W-w)/2'
  const down = anchor.includes('top') ? '0' : anchor.includes('bottom') ? 'H-h' : '(H-h)/2'
  return { x: `${across}+${offset.x}`, y: `${down}+${offset.y}` }
}

/** From `[placed]` to `[out]`, in the pixels that the encoder takes. */
function finish(format: OutputFormat, alpha: boolean, facts: VideoFacts): string {
  switch (format) {
    case 'webm':
      return `[placed]format=${alpha ? 'yuva420p' : 'yuv420p'}[out]`
    case 'mov':
      return `[placed]format=${alpha ? 'yuva444p10le' : 'yuv444p10le'}[out]`
    case 'mp4':
      return '[placed]crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,format=yuv420p[out]'
    case 'webp':
    case 'png_sequence':
      return `[placed]format=${alpha ? 'rgba' : 'rgb24'}[out]`
    case 'gif':
      // 20 frames a second are a whole number of hundredths, the unit of a GIF's delays.
      return `[placed]fps=${Math.min(20, facts.framesPerSecond)},format=rgba,split[p][q];[p]palettegen=reserve_transparent=${alpha ? 1 : 0}[palette];[q][palette]paletteuse=alpha_threshold=128[out]`
  }
}

// Speed before size: nobody keeps what a sandbox renders.
const VP9 = ['-c:v', 'libvpx-vp9', '-b:v', '0', '-crf', '34', '-deadline', 'realtime', '-cpu-used', '8']

function encoding(format: OutputFormat, alpha: boolean, sound: string | null): string[] {
  const audio = (codec: string[]) => (sound === null ? ['-an'] : ['-map', sound, ...codec])
  switch (format) {
    case 'webm':
      return [...VP9, ...(alpha ? ['-auto-alt-ref', '0'] : []), ...audio(['-c:a', 'libopus', '-b:a', '64k'])]
    case 'mov':
      return ['-c:v', 'prores_ks', '-profile:v', '4444', ...audio(['-c:a', 'pcm_s16le'])]
    case 'mp4':
      return ['-c:v', 'libx264', '-preset', 'veryfast', ...audio(['-c:a', 'aac']), '-movflags', '+faststart']
    case 'gif':
      return ['-an', '-loop', '0']
    case 'webp':
      return ['-an', '-c:v', 'libwebp_anim', '-quality', '60', '-compression_level', '1', '-loop', '0']
    case 'png_sequence':
      return ['-an', '-c:v', 'png', '-f', 'image2']
  }
}
