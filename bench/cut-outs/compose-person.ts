import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * A portrait of the astronaut Eileen Collins by NASA, which is in the public domain, cut out by hand and closed-form
 * matting: its alpha is what a cut-out of any clip made from it is held against.
 */
const PERSON = fileURLToPath(new URL('./astronaut.webp', import.meta.url))

/** What stands behind: bricks, blurred foliage that moves, or a room with a window. */
export const BACKGROUNDS = ['wall', 'foliage', 'room'] as const

export interface PersonClip {
  background: (typeof BACKGROUNDS)[number]
  width: number
  height: number
  framesPerSecond: number
  frames: number
  /** More arguments before the output's path; by default H.264 without sound. */
  encoding?: readonly string[]
  /** More inputs, of sound for instance. */
  inputs?: readonly string[]
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '18', '-pix_fmt', 'yuv420p']

/** Writes a clip of a person who sways before a background. */
export async function composePerson(path: string, clip: PersonClip): Promise<void> {
  const { encoding = H264, inputs = [] } = clip
  const graph = `${backdrop(clip)},format=rgb24[back];${person(clip)}[person];${placed('[back][person]', clip)}[v]`
  const args = ['-i', PERSON, ...inputs, '-filter_complex', graph, '-map', '[v]']
  const sound = inputs.length > 0 ? ['-map', '1:a', '-shortest'] : []
  await ffmpeg([...args, ...sound, '-frames:v', String(clip.frames), ...encoding, path])
}

/** The alpha of every frame of the same clip, one byte a pixel. */
export async function knownMatte(clip: PersonClip): Promise<Buffer[]> {
  const { width, height, frames, framesPerSecond } = clip
  const black = `color=black:s=${width}x${height}:r=${framesPerSecond},format=rgb24[back]`
  const white = `${person(clip)},split[a][b];[a]alphaextract[alpha];[b]lutrgb=r=255:g=255:b=255[white];[white][alpha]alphamerge[person]`
  const graph = `${black};${white};${placed('[back][person]', clip)},format=gray[v]`
  const args = ['-i', PERSON, '-filter_complex', graph, '-map', '[v]', '-frames:v', String(frames)]
  const raw = await ffmpeg([...args, '-f', 'rawvideo', '-'])
  return Array.from({ length: frames }, (_, at) =>
    raw.subarray(at * width * height, (at + 1) * width * height),
  )
}

function person({ height, framesPerSecond }: PersonClip): string {
  return `[0:v]format=rgba,scale=-2:${Math.round(height * 0.88)}:flags=lanczos,loop=-1:1:0,setpts=N/${framesPerSecond}/TB`
}

function placed(from: string, { width, height }: PersonClip): string {
  const sway = `(W-w)/2+${(width / 20).toFixed(1)}*sin(t*2)`
  return `${from}overlay=x='${sway}':y='H-h+${(height / 90).toFixed(1)}*(1+sin(t*5))':format=rgb`
}

function backdrop({ background, width, height, framesPerSecond }: PersonClip): string {
  const canvas = (source: string) => `${source}:s=${width}x${height}:r=${framesPerSecond}`
  switch (background) {
    case 'wall': {
      const brick = 'mod(floor(X/28)+floor(Y/14),2)*38+28*sin(X/37)*cos(Y/23)'
      return `${canvas('color=black')},geq=r='125+${brick}':g='115+${brick}':b='105+${brick}',loop=-1:1:0,setpts=N/${framesPerSecond}/TB`
    }
    case 'foliage':
      return `${canvas('color=0x56664e')},format=gbrp,noise=alls=100:allf=t:all_seed=7,gblur=sigma=${width / 100},eq=contrast=3:brightness=0.05`
    case 'room': {
      const isWindow = 'lt(abs(X-W*0.8),W*0.13)*lt(abs(Y-H*0.35),H*0.25)'
      const light = `90+40*X/W+110*${isWindow}`
      return `${canvas('color=black')},geq=r='${light}':g='${light}-8':b='${light}-30*(1-${isWindow})',loop=-1:1:0,setpts=N/${framesPerSecond}/TB`
    }
  }
}

async function ffmpeg(args: readonly string[]): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: 1 << 30 } as const
  return (await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], options)).stdout
}
