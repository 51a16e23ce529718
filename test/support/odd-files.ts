import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runTool } from '../../adapters/media/tools/run-tool.ts'
import { cachedFile } from './clip-cache.ts'

/** A source of ffmpeg: colour bars that move, 96 × 64. */
export const bars = (seconds: number, framesPerSecond = 25): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc=s=96x64:r=${framesPerSecond}:d=${seconds}`],
]
export const tone = (seconds: number): string[] => ['-f', 'lavfi', '-i', `sine=d=${seconds}`]

/** The filter that gives a picture this opacity, an expression of X, Y and N. */
export const opacity = (expression: string): string[] => [
  '-vf',
  `format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='${expression}'`,
]
/** A figure of 40 × 64 before nothing. */
export const FIGURE = opacity('if(lt(X,40),255,0)')

export const VP9 = ['-c:v', 'libvpx-vp9', '-auto-alt-ref', '0', '-deadline', 'realtime', '-cpu-used', '8']
export const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
export const PRORES = ['-c:v', 'prores_ks', '-pix_fmt', 'yuva444p10le']

/** A file that ffmpeg makes of these arguments, and that `change` bends; made once and kept. Do not write to it. */
export async function made(
  name: string,
  args: readonly string[],
  change?: (bytes: Buffer) => Buffer,
): Promise<string> {
  const recipe = `odd ${JSON.stringify(args)} ${String(change)}`
  return await cachedFile(name, recipe, async (path) => {
    await runTool('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, path])
    if (change !== undefined) await writeFile(path, change(await readFile(path)))
  })
}

/** A file that is made of another one. */
export async function bent(
  name: string,
  original: string,
  change: (bytes: Buffer) => Buffer,
): Promise<string> {
  return await cachedFile(name, `bent ${original} ${String(change)}`, async (path) =>
    writeFile(path, change(await readFile(original))),
  )
}

/** The bytes with one text or byte sequence put in place of another of the same length, wherever it stands. */
export function replaced(bytes: Buffer, from: string | Buffer, to: string | Buffer): Buffer {
  const [old, fresh] = [Buffer.from(from as string), Buffer.from(to as string)]
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(old); at >= 0; at = copy.indexOf(old, at + old.length)) fresh.copy(copy, at)
  return copy
}

/** One picture as ffmpeg makes it. */
export async function picture(args: readonly string[]): Promise<Buffer> {
  const path = join(dirname(await made('x.png', [...bars(0.04), '-frames:v', '1'])), `${randomUUID()}.png`)
  try {
    await runTool('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, '-frames:v', '1', path])
    return await readFile(path)
  } finally {
    await rm(path, { force: true })
  }
}
