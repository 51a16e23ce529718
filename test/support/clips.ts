import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import type { DemoBackground, DemoClipOptions } from '../../adapters/media/picture/demo-clip.ts'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { runTool } from '../../adapters/media/tools/run-tool.ts'
import { cachedFile } from './clip-cache.ts'

interface ClipRecipe extends Omit<DemoClipOptions, 'signal'> {
  file: string
  background: DemoBackground
  seconds: number
}

const SMALL = { width: 320, height: 240 }
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '48k']
const FAST_START = [...H264, '-movflags', '+faststart']
const VP9 = [
  '-c:v',
  'libvpx-vp9',
  '-deadline',
  'realtime',
  '-cpu-used',
  '8',
  '-pix_fmt',
  'yuv420p',
  '-c:a',
  'libopus',
  '-b:a',
  '32k',
]
const MPEG4 = ['-c:v', 'mpeg4', '-q:v', '5', '-c:a', 'mp2']

/** Videos that a removal takes. Each has sound. */
const CLIPS = {
  green: { file: 'green.mp4', background: 'green', seconds: 3, ...SMALL, encoding: FAST_START },
  busy: { file: 'busy.mp4', background: 'busy', seconds: 3, ...SMALL, encoding: FAST_START },
  mov: { file: 'walk.mov', background: 'green', seconds: 2, ...SMALL, encoding: H264 },
  webm: { file: 'walk.webm', background: 'green', seconds: 2, ...SMALL, encoding: VP9 },
  avi: { file: 'walk.avi', background: 'green', seconds: 2, ...SMALL, encoding: MPEG4 },
  long: {
    file: 'long.mp4',
    background: 'green',
    seconds: 180,
    width: 96,
    height: 64,
    framesPerSecond: 1,
    encoding: FAST_START,
  },
  noisy: {
    file: 'noisy.mp4',
    background: 'busy',
    seconds: 2,
    ...SMALL,
    effect: 'noise=alls=40:allf=t:all_seed=7',
    encoding: FAST_START,
  },
  fast: {
    file: 'fast.mp4',
    background: 'busy',
    seconds: 2,
    ...SMALL,
    pace: 6,
    effect: 'tmix=frames=3',
    encoding: FAST_START,
  },
  soft: {
    file: 'soft.mp4',
    background: 'green',
    seconds: 2,
    ...SMALL,
    effect: 'gblur=sigma=4',
    encoding: FAST_START,
  },
  portrait: {
    file: 'portrait.mp4',
    background: 'green',
    seconds: 2,
    width: 180,
    height: 320,
    encoding: FAST_START,
  },
  odd: { file: 'odd.webm', background: 'green', seconds: 2, width: 321, height: 241, encoding: VP9 },
} satisfies Record<string, ClipRecipe>

export type ClipName = keyof typeof CLIPS

/** The path of a clip, made by ffmpeg on first use. Do not write to it. */
export async function clip(name: ClipName): Promise<string> {
  const recipe: ClipRecipe = CLIPS[name]
  const { file, background, seconds, ...options } = recipe
  // The recipe names what is drawn, `drawn` how: it changes with `makeDemoClip` itself.
  const drawn = await readFile(new URL('../../adapters/media/picture/demo-clip.ts', import.meta.url), 'utf8')
  return await cachedFile(file, JSON.stringify(recipe) + drawn, (path) =>
    makeDemoClip(path, background, seconds, options),
  )
}

/** Files that a removal must refuse, except `webmNamedMp4`, whose content is fine. */
const BROKEN = {
  empty: { file: 'empty.mp4', make: (path) => writeFile(path, '') },
  /** The index is there, the pictures are cut off. */
  cutOff: { file: 'cut-off.mp4', make: async (path) => cut(await clip('green'), path, 0.6) },
  /** Cut off before the index at its end. */
  withoutIndex: { file: 'without-index.mov', make: async (path) => cut(await clip('mov'), path, 0.6) },
  cutOffWebm: { file: 'cut-off.webm', make: async (path) => cut(await clip('webm'), path, 0.6) },
  cutOffAvi: { file: 'cut-off.avi', make: async (path) => cut(await clip('avi'), path, 0.6) },
  text: { file: 'text.mp4', make: (path) => writeFile(path, 'This is a letter, not a video.\n'.repeat(200)) },
  picture: {
    file: 'picture.mp4',
    make: async (path) =>
      convert(await clip('green'), path, ['-frames:v', '1', '-c:v', 'png', '-f', 'image2', '-update', '1']),
  },
  mkv: { file: 'walk.mkv', make: async (path) => convert(await clip('green'), path, ['-c', 'copy']) },
  gif: {
    file: 'walk.gif',
    make: async (path) => convert(await clip('green'), path, ['-t', '1', '-f', 'gif']),
  },
  soundOnly: {
    file: 'sound.mp4',
    make: async (path) => convert(await clip('green'), path, ['-vn', '-c:a', 'copy']),
  },
  webmNamedMp4: { file: 'really-webm.mp4', make: async (path) => copyFile(await clip('webm'), path) },
  /** One byte over what is possible, of which only the first few lie on the disk. */
  tooLarge: { file: 'too-large.mp4', make: async (path) => enlarge(await clip('green'), path, 500_000_001) },
} satisfies Record<string, { file: string; make: (path: string) => Promise<void> }>

export type BrokenClipName = keyof typeof BROKEN

/** The path of a file that is wrong in the way its name says. Do not write to it. */
export async function brokenClip(name: BrokenClipName): Promise<string> {
  const { file, make } = BROKEN[name]
  return await cachedFile(file, `broken ${name} ${String(make)}`, make)
}

async function cut(from: string, to: string, share: number): Promise<void> {
  const bytes = await readFile(from)
  await writeFile(to, bytes.subarray(0, Math.floor(bytes.byteLength * share)))
}

async function convert(from: string, to: string, args: readonly string[]): Promise<void> {
  await runTool('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-i', from, ...args, to])
}

async function enlarge(from: string, to: string, sizeBytes: number): Promise<void> {
  await copyFile(from, to)
  await truncate(to, sizeBytes)
}
