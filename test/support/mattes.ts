import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { runTool } from '../../adapters/media/tools/run-tool.ts'
import type { OutputFormat } from '../../domain/request-values.ts'
import { cachedFile } from './clip-cache.ts'
import type { ClipName } from './clips.ts'
import { clip } from './clips.ts'

const KEYED = 'chromakey=0x00B140:0.12:0.06,format=yuva420p'

/** Encoder arguments of each format, with alpha where it has any. */
const ENCODINGS: Record<Exclude<OutputFormat, 'png_sequence'>, string[]> = {
  webm: [
    '-c:v',
    'libvpx-vp9',
    '-pix_fmt',
    'yuva420p',
    '-auto-alt-ref',
    '0',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-an',
  ],
  mov: ['-c:v', 'prores_ks', '-pix_fmt', 'yuva444p10le', '-an'],
  mp4: ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  gif: ['-an'],
  webp: ['-c:v', 'libwebp_anim', '-loop', '0', '-an'],
}

/** What a vendor job delivers for a green clip, as ffmpeg makes it. `filter` stands for the vendor's work. */
export async function matte(
  format: OutputFormat,
  { from = 'green', filter = KEYED, args = [] }: { from?: ClipName; filter?: string; args?: string[] } = {},
): Promise<string> {
  const source = await clip(from)
  const recipe = JSON.stringify(['matte', format, source, filter, args])
  if (format === 'png_sequence') {
    return await cachedFile('matte.zip', recipe, (path) => zipOfPngs(source, filter, args, path))
  }
  const palette =
    format === 'gif' ? ',split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse' : ''
  return await cachedFile(`matte.${format}`, recipe, (path) =>
    ffmpeg(['-i', source, '-filter_complex', filter + palette, ...ENCODINGS[format], ...args, path]),
  )
}

async function zipOfPngs(source: string, filter: string, args: string[], path: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-pngs-'))
  try {
    await ffmpeg([
      '-i',
      source,
      '-filter_complex',
      `${filter},format=rgba`,
      ...args,
      join(folder, '%05d.png'),
    ])
    const zip = new ZipFile()
    for (const name of (await readdir(folder)).toSorted()) zip.addFile(join(folder, name), name)
    zip.end()
    await pipeline(zip.outputStream, createWriteStream(path))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function ffmpeg(args: string[]): Promise<void> {
  await runTool('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args])
}
